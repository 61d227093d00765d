import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory, Target } from "../inventory/inventory.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Policy } from "../policy/policy.ts";
import { namedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import { createProgress } from "./view-human/progress.ts";

/**
 * What the hosts that the policy names hold and use of a registry's images; undefined for other targets, and where the policy
 * names none. `session` is absent for a saved inventory: then no host is asked.
 */
async function foreignUseFor(
  context: CliContext,
  policy: Policy,
  { kind }: Pick<Target, "kind">,
  session: TargetSession | undefined,
): Promise<ForeignUse | undefined> {
  if (kind !== "registry") return undefined;
  const { askHosts, hostsInUseOn, unaskedHosts } = await import("../operations/in-use-on.ts");
  const hosts = hostsInUseOn(policy);
  if (hosts.length === 0) return undefined;
  if (session === undefined) return unaskedHosts(hosts);
  const progress = createProgress(context.stderr, context.clock);
  try {
    return await askHosts(hosts, {
      signal: context.signal,
      observe: (name) => observeHost(context, policy, name),
      onHost: (done, total) => progress.update(`asking hosts ${done}/${total}`),
    });
  } finally {
    progress.end();
  }
}

/** The same beside an inventory that is being taken, as a part of what is decided by. */
export async function foreignEvidence(
  context: CliContext,
  policy: Policy,
  observing: Promise<Inventory>,
  session: TargetSession | undefined,
): Promise<{ readonly foreignUse?: ForeignUse }> {
  const target = session?.target ?? (await observing).target;
  const foreignUse = await foreignUseFor(context, policy, target, session);
  return foreignUse === undefined ? {} : { foreignUse };
}

async function observeHost(context: CliContext, policy: Policy, name: string): Promise<Inventory> {
  const { signal } = context;
  const session = await context.openTarget(namedTarget(name, policy)?.spec, signal);
  try {
    return await session.observe({ signal });
  } finally {
    await session.close();
  }
}
