import type { Policy, RecoveryMode } from "../policy/policy.ts";
import { usageError } from "./cli-error.ts";
import type { FlagTable } from "./command.ts";

export const RECOVERY_FLAG = {
  noRecovery: {
    kind: "switch",
    help: "remove although the policy asks for archives or backups, which this version does not make",
  },
} as const satisfies FlagTable;

const NOT_MADE: readonly (RecoveryMode | undefined)[] = ["archive", "backup"];

/** What the policy asks for that nothing here does; undefined where it asks for nothing of the kind. */
export function unkeptPromise({ recovery, images, source }: Policy): string | undefined {
  const asking = images.find((rule) => NOT_MADE.includes(rule.recovery));
  if (asking !== undefined) {
    return `${source}: rule "${asking.name}" asks for recovery: ${asking.recovery}, which this version does not do: what goes cannot be brought back`;
  }
  if (!NOT_MADE.includes(recovery?.mode)) return undefined;
  return `${source} asks for recovery mode ${recovery?.mode}, which this version does not do: what goes cannot be brought back`;
}

/** Before anything is removed: a way back that was asked for and is not there is a reason to stop. */
export function refuseUnkeptPromise(
  policy: Policy,
  flags: { readonly noRecovery?: boolean },
): void {
  const promise = flags.noRecovery === true ? undefined : unkeptPromise(policy);
  if (promise === undefined) return;
  throw usageError(promise, "To remove without a way back, say --no-recovery.");
}
