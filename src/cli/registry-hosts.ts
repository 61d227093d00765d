import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Policy } from "../policy/policy.ts";
import { aim, type AskedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import type { FlagTable } from "./command.ts";
import { policyFileFlag } from "./file-flags.ts";
import { foreignEvidence } from "./foreign-use.ts";
import { loadPolicyFile } from "./policy-file.ts";
import { observe } from "./with-target.ts";

/** For commands that decide by no policy, and have to know what is in use of a registry all the same. */
export const HOSTS_FLAGS = {
  policy: policyFileFlag(
    "policy file: its targets can be named with -t, and of a registry its hosts (targets, inUseOn) are asked what they use",
  ),
} as const satisfies FlagTable;

/** The target that is asked for, and the policy that names the hosts, if any does. */
export interface Aimed {
  readonly target: string | AskedTarget | undefined;
  readonly policy?: Policy;
}

export async function aimByFile(
  context: CliContext,
  flags: { readonly policy?: string; readonly target?: string },
): Promise<Aimed> {
  if (flags.policy === undefined) return { target: flags.target };
  const policy = await loadPolicyFile(context, flags.policy);
  return aim(flags.target === undefined ? {} : { target: flags.target }, policy);
}

/** What a target holds, and what the policy's hosts use of it. Hosts that do not answer are told of on standard error. */
export interface UsedInventory {
  readonly inventory: Inventory;
  /** Absent where no host was asked. */
  readonly foreignUse?: ForeignUse;
}

export async function observeWithUse(
  context: CliContext,
  session: TargetSession,
  policy: Policy | undefined,
): Promise<UsedInventory> {
  const observing = observe(context, session);
  if (policy === undefined) return { inventory: await observing };
  const [inventory, evidence] = await Promise.all([
    observing,
    foreignEvidence(context, policy, observing, { session }),
  ]);
  for (const { name, complete, problems } of evidence.foreignUse?.hosts ?? [])
    if (!complete)
      context.stderr.write(
        `${context.programName}: warning: it cannot be told what is in use on ${name}: ${problems.join("; ")}\n`,
      );
  return { inventory, ...evidence };
}
