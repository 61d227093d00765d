import type { ImageQuery } from "../operations/list-images.ts";
import { parseDuration } from "../policy/duration.ts";
import { parseFilter, type Fail } from "../policy/parse-filter.ts";
import type { Match } from "../policy/policy.ts";
import { parseSize } from "../policy/size.ts";
import { CliError } from "./cli-error.ts";
import type { FlagTable, FlagValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";

const STATES = ["running", "stopped", "unused", "dangling", "untagged"] as const;

/** The flags that say which images are listed. */
export const QUERY_FLAGS = {
  all: { kind: "switch", short: "a", help: "also unnamed build steps and other parts of images" },
  filter: {
    kind: "list",
    short: "f",
    placeholder: "KEY=VALUE",
    help: "as docker: dangling, label, label!, before, since, reference, until; may be repeated, all must hold",
  },
  state: { kind: "value", placeholder: "STATE", choices: STATES, help: "only images that are so" },
  registry: {
    kind: "value",
    placeholder: "HOST",
    help: "only images of this registry (glob; Docker Hub is docker.io)",
  },
  largerThan: {
    kind: "value",
    placeholder: "SIZE",
    help: "only images larger than this, for instance 500MB",
  },
  unusedFor: {
    kind: "value",
    placeholder: "DURATION",
    help: "only images that nothing has used for this long, for instance 30d",
  },
} as const satisfies FlagTable;

/** The query that flags and pattern ask for. Throws a usage error that names every wrong flag. */
export function queryOf(
  flags: FlagValues<typeof QUERY_FLAGS>,
  pattern: string | undefined,
  nowMs: number,
): ImageQuery {
  const problems: string[] = [];
  const fail: Fail = (flag, text, detail) => {
    problems.push(`${flag} "${text}" ${detail}`);
    return undefined;
  };
  const parts: (Match | undefined)[] = (flags.filter ?? []).map((text) =>
    parseFilter(text, nowMs, fail),
  );
  if (pattern !== undefined) parts.push({ reference: pattern });
  const state = STATES.find((each) => each === flags.state);
  if (state !== undefined) parts.push({ state });
  if (flags.registry !== undefined) parts.push({ registry: flags.registry });
  if (flags.largerThan !== undefined) {
    const largerThanBytes = parseSize(flags.largerThan);
    parts.push(
      largerThanBytes === undefined
        ? fail("--larger-than", flags.largerThan, "is not a size; write for example 500MB or 2GiB")
        : { largerThanBytes },
    );
  }
  let unusedFor: number | undefined;
  if (flags.unusedFor !== undefined) {
    unusedFor =
      parseDuration(flags.unusedFor) ??
      fail("--unused-for", flags.unusedFor, "is not a duration; write for example 36h or 30d");
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new CliError(first, others, EXIT.usage);
  return {
    match: { all: parts.filter((part) => part !== undefined) },
    ...(unusedFor === undefined ? {} : { unusedFor }),
    intermediate: flags.all ?? false,
  };
}
