import type { AskedPlace } from "../operations/ask-places.ts";
import {
  findInBin,
  findInInventory,
  findInRegistry,
  type Place,
} from "../operations/find-image.ts";
import type { FindQuery } from "../operations/find-query.ts";
import type { Policy } from "../policy/policy.ts";
import type { RegistryFinder, RegistryPlace } from "../ports/registry-finder.ts";
import { namedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import { loadPolicyFile } from "./policy-file.ts";

export interface PlaceFlags {
  readonly target: string | undefined;
  /** Path of a policy file. */
  readonly policy: string | undefined;
  readonly registries: readonly string[];
  readonly binDirectory: string | undefined;
}

export interface PlacesToAsk {
  readonly places: readonly AskedPlace[];
  /** By their hosts. */
  readonly registries: ReadonlyMap<string, RegistryPlace>;
}

/** Everything that is configured to be asked for an image, each place once. */
export async function placesToAsk(
  context: CliContext,
  query: FindQuery,
  finder: RegistryFinder,
  flags: PlaceFlags,
): Promise<PlacesToAsk> {
  const policy =
    flags.policy === undefined ? undefined : await loadPolicyFile(context, flags.policy);
  const named = policyTargets(policy);
  const registries = await registriesToAsk(context, query, flags, named.registries);
  const engines =
    flags.target === undefined
      ? await context.configuredEngines()
      : [{ spec: flags.target, name: flags.target }];
  const places: AskedPlace[] = [
    binPlace(context, query, flags.binDirectory),
    ...engines.map(({ spec, name }) => targetPlace(context, query, spec, name)),
    ...named.others.map(({ spec, name }) => targetPlace(context, query, spec, name)),
    ...[...registries.values()].map((registry) => ({
      place: { kind: "registry", name: registry.host } as const,
      ask: (signal: AbortSignal) => findInRegistry(registry, query, finder, signal),
    })),
  ];
  return { places, registries };
}

/** The registry that the name says, or all that are known: Docker Hub always is. */
async function registriesToAsk(
  context: CliContext,
  { name }: FindQuery,
  { registries }: PlaceFlags,
  named: readonly RegistryPlace[],
): Promise<ReadonlyMap<string, RegistryPlace>> {
  const plain = [...(await context.configuredRegistries()), ...registries];
  const all = new Map<string, RegistryPlace>();
  for (const host of plain) all.set(host, { host });
  for (const registry of named) all.set(registry.host, registry);
  if (name === undefined) return all;
  const { registry = "docker.io" } = name;
  all.set(registry, all.get(registry) ?? { host: registry });
  return name.registry === undefined
    ? all
    : new Map([...all].filter(([host]) => host === name.registry));
}

interface PolicyPlaces {
  readonly others: readonly { readonly spec: string | undefined; readonly name: string }[];
  readonly registries: readonly RegistryPlace[];
}

function policyTargets(policy: Policy | undefined): PolicyPlaces {
  const targets = Object.entries(policy?.targets ?? {});
  return {
    others: targets.flatMap(([name, { kind }]) => {
      const spec = policy === undefined ? undefined : namedTarget(name, policy)?.spec;
      return kind === "registry" ? [] : [{ spec, name }];
    }),
    registries: targets.flatMap(([, target]): RegistryPlace[] => {
      if (target.kind !== "registry") return [];
      const [, scheme, host = ""] = /^(https?:\/\/)?([^/]+)/.exec(target.address) ?? [];
      return [{ host, ...(scheme === "http://" ? { plainHttp: true } : {}) }];
    }),
  };
}

function binPlace(
  context: CliContext,
  query: FindQuery,
  directory: string | undefined,
): AskedPlace {
  const place: Place = {
    kind: "bin",
    name: "recovery bin",
    ...(directory === undefined ? {} : { flag: directory }),
  };
  return {
    place,
    ask: async () => findInBin(await (await context.openBin(directory)).entries(), place, query),
  };
}

/** An engine or a layout; what it has is read, and nothing else is done there. */
function targetPlace(
  context: CliContext,
  query: FindQuery,
  spec: string | undefined,
  name: string,
): AskedPlace {
  const kind = spec?.startsWith("oci:") === true ? "layout" : "engine";
  const place: Place = { kind, name, ...(spec === undefined ? {} : { flag: spec }) };
  return {
    place,
    ask: async (signal) => {
      const session = await context.openTarget(spec, signal);
      try {
        const { name: own } = session.target;
        const inventory = await session.observe({ signal });
        return findInInventory(
          inventory,
          spec === undefined ? { ...place, name: own } : place,
          query,
        );
      } finally {
        await session.close();
      }
    },
  };
}
