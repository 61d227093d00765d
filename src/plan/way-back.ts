import type { Policy, RecoveryMode } from "../policy/policy.ts";
import type { Action } from "./plan.ts";

/** What is known of the ways back of a target's images, asked just before. */
export interface WaysBack {
  /** Why nothing of this target can be put into the bin; undefined where it can. */
  readonly noArchive?: string;
  /** The repository that images can be pushed to before they go. */
  readonly backup?: string;
  /**
   * What a record brings back here, in words, where that is more than a description (registries): images come back by it,
   * and so do names that are taken from images that stay.
   */
  readonly recorded?: string;
  /** By image ID: the name by digest under which a registry has answered that it has all of the image. */
  readonly inRegistry: ReadonlyMap<string, string>;
}

/** How removed images come back where neither the rule nor the policy says. */
const DEFAULT_RECOVERY: RecoveryMode = "auto";

/** Also of every image until somebody chooses. */
export const NO_WAY_BACK: Action["recovery"] = {
  way: "none",
  detail: "no way back is asked for",
};

const RECORD_ONLY = "only what it was is remembered, not its content";

/** Whether nothing that goes is to come back. */
export function keepsNothing({ images, recovery }: Pick<Policy, "images" | "recovery">): boolean {
  return recovery?.mode === "off" && images.every((rule) => (rule.recovery ?? "off") === "off");
}

/** How what a rule lets go comes back: by the rule, by the policy, by default. */
export function recoveryModes(
  policy: Pick<Policy, "images" | "recovery">,
): (rule: string) => RecoveryMode {
  const modes = new Map(policy.images.map(({ name, recovery }) => [name, recovery]));
  const inherited = policy.recovery?.mode ?? DEFAULT_RECOVERY;
  return (rule) => modes.get(rule) ?? inherited;
}

/**
 * The way back of one image: of the ways that the mode allows the one that costs least. `auto`: a registry that has it, else
 * the backup repository, else the bin; of an image without any name only what it was is kept. An image without a tag is not
 * pushed: taking the backup's tag off again would remove it.
 */
export function wayBack(
  subject: string,
  mode: RecoveryMode,
  names: { readonly tags: number; readonly digests: number },
  { noArchive, backup, recorded, inRegistry }: WaysBack,
): Action["recovery"] {
  const pushed: Action["recovery"] | undefined =
    backup === undefined || names.tags === 0
      ? undefined
      : { way: "backup", detail: backupName(backup, subject) };
  const archived: Action["recovery"] =
    noArchive === undefined
      ? { way: "archive", detail: "put into the recovery bin before it goes" }
      : { way: "none", detail: noArchive };
  const record: Action["recovery"] = { way: "record", detail: recorded ?? RECORD_ONLY };
  switch (mode) {
    case "off":
      return NO_WAY_BACK;
    case "record":
      return record;
    case "backup":
      return pushed ?? archived;
    case "archive":
      return archived;
    case "auto": {
      const held = inRegistry.get(subject);
      if (held !== undefined) return { way: "registry", detail: held };
      if (recorded !== undefined || names.tags + names.digests === 0) return record;
      if (pushed === undefined || noArchive !== undefined) return pushed ?? archived;
      return { ...pushed, otherwise: "archive" };
    }
    default:
      return mode satisfies never;
  }
}

/** The name that an image has in the backup repository: its ID, so that nothing is pushed over anything else. */
function backupName(repository: string, imageId: string): string {
  return `${repository}:${imageId.replace(":", "-")}`;
}
