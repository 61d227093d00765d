import { askPlaces, type PlacesAnswer } from "../../operations/ask-places.ts";
import { digestsToAsk, findDigests } from "../../operations/find-image.ts";
import { parseFindQuery, searchable, type FindQuery } from "../../operations/find-query.ts";
import { parseDuration } from "../../policy/duration.ts";
import type { HubRepository, RegistryFinder } from "../../ports/registry-finder.ts";
import type { CliContext } from "../cli-context.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { policyFileFlag } from "../file-flags.ts";
import { placesToAsk } from "../places-to-ask.ts";
import { BIN_FLAG, namedBin } from "../recovery-promise.ts";
import { createProgress } from "../view-human/progress.ts";
import { howToGet, renderFindings } from "../view-human/view-found.ts";
import { writeJson } from "../view-json.ts";

const SCHEMA = "plimsoll.find/1";
const DEFAULT_TIMEOUT_MS = 15_000;
/** For what is only a suggestion. */
const SEARCH_TIMEOUT_MS = 3_000;

export const command = defineCommand({
  operands: "<name>",
  operandCompletion: "image",
  description:
    "Says where an image can be had: in the recovery bin, on the engines of your docker contexts, in the registries that you " +
    "are logged in to and on Docker Hub, and what brings it here. The name may lack its registry or its tag, which then may be " +
    "any, have wildcards, or be an ID or digest, whole or cut short. With -t only that target is asked instead of the docker " +
    "contexts. A place that gives no answer in time is told with the reason. Status 0 means found, 1 that no place has it.",
  flags: {
    policy: policyFileFlag("ask the targets of this policy file too"),
    registry: { kind: "list", placeholder: "HOST", help: "ask this registry too; may be repeated" },
    noSearch: { kind: "switch", help: "do not ask Docker Hub's search what is called nearly so" },
    timeout: {
      kind: "value",
      placeholder: "DURATION",
      help: "how long to wait for each place (default 15s)",
    },
    ...BIN_FLAG,
  },
  examples: [
    { command: "find app:1.4", does: "of any registry" },
    { command: "find 'registry.example.com/team/*:1.*'", does: "all versions 1 of a team" },
    { command: "find 3f2a9c1b77de", does: "by its ID or digest" },
    { command: "find app -p policy.yaml --no-search", does: "also on the hosts of a policy" },
  ],
  async run(context, { operands: [text = ""], flags }) {
    const query = parseFindQuery(text);
    if (typeof query === "string") throw usageError(`"${text}" is no name to look for: ${query}`);
    const timeoutMs = timeoutOf(flags.timeout);
    const finder = await context.openRegistryFinder();
    try {
      const { places, registries } = await placesToAsk(context, query, finder, {
        target: flags.target,
        policy: flags.policy,
        registries: flags.registry ?? [],
        binDirectory: namedBin(flags),
      });
      const ask = (all: typeof places): Promise<PlacesAnswer> => askAll(context, all, timeoutMs);
      const [direct, search] = await Promise.all([
        ask(places),
        flags.noSearch ? undefined : searchHub(context, query, finder),
      ]);
      const silent = new Set(direct.silent.map(({ place }) => place.name));
      const byDigest = await ask(
        [...digestsToAsk(direct.found)].flatMap(([host, names]) => {
          const registry = registries.get(host) ?? { host };
          const place = { kind: "registry", name: host } as const;
          if (silent.has(host)) return [];
          return [{ place, ask: (signal) => findDigests(registry, names, finder, signal) }];
        }),
      );
      const answer = joined(direct, byDigest);
      if (flags.json) {
        const found = answer.found.map((each) => ({ ...each, ...howToGet(each, context) }));
        writeJson(context.stdout, {
          schema: SCHEMA,
          query: text,
          ...answer,
          found,
          search: search ?? [],
        });
      } else context.stdout.write(renderFindings(context, text, answer, search ?? []));
      return answer.found.length > 0 ? EXIT.done : EXIT.failed;
    } finally {
      await finder.close();
    }
  },
});

function timeoutOf(text: string | undefined): number {
  const timeoutMs = text === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(text);
  if (timeoutMs !== undefined && timeoutMs > 0) return timeoutMs;
  throw usageError(`--timeout "${text}" is not a duration; write for example 5s or 1m`);
}

async function askAll(
  context: CliContext,
  places: Parameters<typeof askPlaces>[0],
  timeoutMs: number,
): Promise<PlacesAnswer> {
  const progress = createProgress(context.stderr, context.clock);
  let done = 0;
  const onPlace = (): void => progress.update(`asking places ${(done += 1)}/${places.length}`);
  try {
    return await askPlaces(places, { timeoutMs, signal: context.signal, onPlace });
  } finally {
    progress.end();
  }
}

/** A suggestion, no more: where the search does not answer nothing is said of it. */
async function searchHub(
  { signal }: CliContext,
  query: FindQuery,
  finder: RegistryFinder,
): Promise<readonly HubRepository[]> {
  const text = searchable(query);
  if (text === undefined) return [];
  try {
    return await finder.search(
      text,
      AbortSignal.any([signal, AbortSignal.timeout(SEARCH_TIMEOUT_MS)]),
    );
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

function joined(a: PlacesAnswer, b: PlacesAnswer): PlacesAnswer {
  return {
    found: [...a.found, ...b.found],
    leftOut: [...a.leftOut, ...b.leftOut],
    silent: [...a.silent, ...b.silent],
  };
}
