import { resolve } from "node:path";

import { archiveRefused } from "../operations/apply-refusal.ts";
import type { Plan } from "../plan/plan.ts";
import { recoveryModes } from "../plan/way-back.ts";
import type { RecoveryPolicy } from "../plan/with-recovery.ts";
import type { ImageRule, Policy, Recovery } from "../policy/policy.ts";
import { usageError } from "./cli-error.ts";
import type { FlagTable } from "./command.ts";
import { shellQuote } from "./policy-flags.ts";

/** Of every command that puts images into the recovery bin, or takes them from there. */
export const BIN_FLAG = {
  bin: {
    kind: "value",
    placeholder: "DIR",
    completion: "file",
    help: "the recovery bin in this directory instead of your own",
  },
} as const satisfies FlagTable;

/** Without `backup`: that takes a repository, which a policy file names. */
const MODES = ["auto", "off", "record", "archive"] as const;
type Mode = (typeof MODES)[number];

export const RECOVERY_FLAGS = {
  recovery: {
    kind: "value",
    placeholder: "MODE",
    choices: MODES,
    help: "how images come back, whatever the policy says: auto (from a registry that has them, else from the bin), archive (the bin), record (only what they were), off",
  },
  noRecovery: { kind: "switch", help: "the same as --recovery off" },
  ...BIN_FLAG,
} as const satisfies FlagTable;

/** Of the commands whose policies may let volumes go. */
export const VOLUME_FLAG = {
  archiveVolumes: {
    kind: "switch",
    help: "put the content of volumes that go into the recovery bin too, as tars; else it is lost",
  },
} as const satisfies FlagTable;

export interface RecoveryFlagValues {
  readonly archiveVolumes?: boolean;
  readonly recovery?: string;
  readonly noRecovery?: boolean;
  readonly bin?: string;
}

/** The bin that was named, as an absolute path: a plan may be carried out from elsewhere. */
export function namedBin({ bin }: Pick<RecoveryFlagValues, "bin">): string | undefined {
  return bin === undefined ? undefined : resolve(bin);
}

/** The policy as it is planned by: with the way back that the flags say, on every rule. */
export function withRecoveryFlags(given: Policy, flags: RecoveryFlagValues): Policy {
  const mode = askedMode(flags);
  const policy = flags.archiveVolumes === true ? archivingVolumes(given) : given;
  if (mode === undefined) return policy;
  const images = policy.images.map(({ recovery: _recovery, ...rule }): ImageRule =>
    mode === "auto" ? rule : { ...rule, recovery: mode },
  );
  return { ...policy, images, recovery: { ...policy.recovery, mode } };
}

function archivingVolumes(policy: Policy): Policy {
  const { volumes } = policy;
  if (volumes === undefined) return policy;
  return { ...policy, volumes: volumes.map((rule) => ({ ...rule, recovery: "archive" })) };
}

/** The flags as they were typed, to be shown in a command that the user may run next. */
export function retypedRecoveryFlags(flags: RecoveryFlagValues): string {
  const { recovery, noRecovery, archiveVolumes, bin } = flags;
  const words = [
    ...(archiveVolumes === true ? ["--archive-volumes"] : []),
    ...(recovery === undefined ? [] : ["--recovery", recovery]),
    ...(noRecovery === true ? ["--no-recovery"] : []),
    ...(bin === undefined ? [] : ["--bin", shellQuote(bin)]),
  ];
  return words.join(" ");
}

/** What removal by name goes by. */
export function recoveryOfNamed(flags: RecoveryFlagValues): RecoveryPolicy {
  const recovery: Recovery = { mode: askedMode(flags) ?? "auto" };
  return { images: [], recovery };
}

function askedMode({ recovery, noRecovery }: RecoveryFlagValues): Mode | undefined {
  const mode = MODES.find((each) => each === recovery);
  if (recovery !== undefined && mode === undefined)
    throw usageError(`--recovery "${recovery}" is not one of ${MODES.join(", ")}`);
  if (noRecovery !== true) return mode;
  if (mode !== undefined && mode !== "off")
    throw usageError(`--no-recovery and --recovery ${mode} contradict each other`);
  return "off";
}

/** What the policy asks for and the plan cannot give; undefined where it gives all of it. */
export function brokenPromise(policy: RecoveryPolicy, plan: Plan): string | undefined {
  const modeOf = recoveryModes(policy);
  const broken = plan.actions.filter(
    ({ kind, rule, recovery }) =>
      kind === "delete-image" && ASKED_BY_NAME.has(modeOf(rule)) && recovery.way === "none",
  );
  const [first] = broken;
  if (first === undefined) return undefined;
  const images = broken.length === 1 ? "one image" : `${broken.length} images`;
  return `${plan.policy.source} asks for recovery: ${modeOf(first.rule)}, which cannot be done for ${images} of this plan (rule ${first.rule}: ${first.recovery.detail})`;
}

/** Automatic is whatever way there is; content was asked for with these. */
const ASKED_BY_NAME: ReadonlySet<string> = new Set(["archive", "backup"]);

/** Before anybody is asked: a way back that was asked for and cannot be had, or has no room, is a reason to stop. */
export function refuseBrokenPromise(policy: RecoveryPolicy, plan: Plan): void {
  const promise = brokenPromise(policy, plan);
  if (promise !== undefined) {
    throw usageError(
      promise,
      "Nothing was removed. To remove without a way back, say --no-recovery.",
    );
  }
  refuseWithoutRoom(plan);
}

export function refuseWithoutRoom({ exceeds }: Plan): void {
  const details = exceeds.flatMap(({ limit, detail }) => (limit === "archive" ? [detail] : []));
  if (details.length > 0) throw archiveRefused(details);
}
