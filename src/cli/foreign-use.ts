import { clusterContext, type ForeignHost, type ForeignUse } from "../inventory/foreign-use.ts";
import { foreignUseOfHost } from "../inventory/foreign-use-of-host.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { AskableHost } from "../operations/in-use-on.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Policy } from "../policy/policy.ts";
import { namedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import { usageError } from "./cli-error.ts";
import { readJsonFile } from "./json-file.ts";
import { createProgress } from "./view-human/progress.ts";

/** Where the hosts' answers come from. */
export interface ForeignSources {
  /** Absent for a saved inventory: then no host is asked. */
  readonly session?: TargetSession | undefined;
  /** Their answers as they were saved with it. */
  readonly inUse?: string | undefined;
}

/**
 * What hosts hold and use of a registry's images, as a part of what is decided by. Nothing for other targets, and where there
 * are none to ask. The hosts are asked while the inventory is taken.
 */
export async function foreignEvidence(
  context: CliContext,
  policy: Policy,
  observing: Promise<Inventory>,
  { session, inUse }: ForeignSources,
): Promise<{ readonly foreignUse?: ForeignUse }> {
  const { kind } = session?.target ?? (await observing).target;
  if (kind !== "registry") return {};
  const foreignUse =
    session === undefined
      ? await savedForeignUse(context, policy, inUse)
      : await askForeignUse(context, policy);
  return foreignUse === undefined ? {} : { foreignUse };
}

/**
 * Undefined where there are no hosts to ask. A policy that says nothing of them leaves those that docker is configured for here:
 * the current engine and the other contexts.
 */
export async function askForeignUse(
  context: CliContext,
  policy: Policy,
): Promise<ForeignUse | undefined> {
  const { askHosts, hostsInUseOn } = await import("../operations/in-use-on.ts");
  const named = hostsInUseOn(policy)?.map((name) => ({
    name,
    ask: () => askNamed(context, policy, name),
  }));
  const hosts = named ?? (await configuredHosts(context));
  if (hosts.length === 0) return undefined;
  const progress = createProgress(context.stderr, context.clock);
  try {
    return await askHosts(hosts, {
      signal: context.signal,
      onHost: (done, total) => progress.update(`asking hosts ${done}/${total}`),
    });
  } finally {
    progress.end();
  }
}

async function savedForeignUse(
  context: CliContext,
  policy: Policy,
  path: string | undefined,
): Promise<ForeignUse | undefined> {
  const { hostsInUseOn, withUnasked } = await import("../operations/in-use-on.ts");
  const hosts = hostsInUseOn(policy) ?? [];
  if (path === undefined) return hosts.length === 0 ? undefined : withUnasked([], hosts);
  const { parseForeignUse } = await import("../inventory/parse-foreign-use.ts");
  const saved = parseForeignUse(await readJsonFile(context, path, "saved use"));
  if (typeof saved === "string") throw usageError(`${path} cannot be used: ${saved}`);
  return withUnasked(saved.hosts, hosts);
}

async function configuredHosts(context: CliContext): Promise<readonly AskableHost[]> {
  const engines = await context.configuredEngines();
  return engines.flatMap(({ name, spec, isAbsent }) =>
    isAbsent === true ? [] : [{ name, ask: () => askEngine(context, name, spec) }],
  );
}

async function askNamed(context: CliContext, policy: Policy, name: string): Promise<ForeignHost> {
  const cluster = clusterContext(name);
  return cluster === undefined
    ? askEngine(context, name, namedTarget(name, policy)?.spec)
    : context.askCluster(cluster);
}

async function askEngine(
  context: CliContext,
  name: string,
  spec: string | undefined,
): Promise<ForeignHost> {
  const { signal } = context;
  const session = await context.openTarget(spec, signal);
  try {
    return foreignUseOfHost(name, await session.observe({ signal }));
  } finally {
    await session.close();
  }
}
