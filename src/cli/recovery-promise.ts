import type { Plan } from "../plan/plan.ts";
import { DEFAULT_RECOVERY } from "../plan/with-recovery.ts";
import type { Policy, RecoveryMode } from "../policy/policy.ts";
import { usageError } from "./cli-error.ts";
import type { FlagTable } from "./command.ts";

export const RECOVERY_FLAG = {
  noRecovery: {
    kind: "switch",
    help: "no way back for what goes, whatever the policy asks for",
  },
} as const satisfies FlagTable;

/** The policy as it is planned by: without a way back where the flag says so. */
export function withRecoveryFlag(
  policy: Policy,
  { noRecovery }: { readonly noRecovery?: boolean },
): Policy {
  if (noRecovery !== true) return policy;
  const images = policy.images.map((rule) => ({ ...rule, recovery: "off" as const }));
  return { ...policy, images, recovery: { ...policy.recovery, mode: "off" } };
}

/** What the policy asks for and the plan cannot give; undefined where it gives all of it. */
export function brokenPromise(policy: Policy, plan: Plan): string | undefined {
  const modes = new Map(policy.images.map(({ name, recovery }) => [name, recovery]));
  const inherited = policy.recovery?.mode ?? DEFAULT_RECOVERY;
  const broken = plan.actions.filter(
    ({ kind, rule, recovery }) =>
      kind === "delete-image" && !isKept(modes.get(rule) ?? inherited, recovery.way),
  );
  const [first] = broken;
  if (first === undefined) return undefined;
  const mode = modes.get(first.rule) ?? inherited;
  const images = broken.length === 1 ? "one image" : `${broken.length} images`;
  return `${policy.source} asks for recovery: ${mode}, which this version cannot do for ${images} of this plan (rule ${first.rule})`;
}

/** Automatic is whatever way there is; an archive or a backup was asked for by name. */
function isKept(mode: RecoveryMode, way: Plan["actions"][number]["recovery"]["way"]): boolean {
  return mode === "backup" ? false : mode !== "archive" || way === "archive";
}

/** Before anything is removed: a way back that was asked for and cannot be had is a reason to stop. */
export function refuseBrokenPromise(policy: Policy, plan: Plan): void {
  const promise = brokenPromise(policy, plan);
  if (promise === undefined) return;
  throw usageError(
    promise,
    "Nothing was removed. To remove without a way back, say --no-recovery.",
  );
}
