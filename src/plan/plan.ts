import type { Accuracy, Target } from "../inventory/inventory.ts";

export const PLAN_SCHEMA = "plimsoll.plan/1";

export type ActionKind =
  | "delete-image"
  | "untag"
  | "remove-container"
  | "remove-volume"
  | "remove-network"
  | "prune-build-cache";

/** One removal. */
export interface Action {
  readonly kind: ActionKind;
  /** Image ID, reference (`untag`), container ID, volume name, network ID, or build-cache record ID. */
  readonly subject: string;
  /** The names it goes by: references of an image, name of a container or network. */
  readonly references: readonly string[];
  /** The image that the reference means (`untag` only): a name that has moved on is left alone. */
  readonly imageId?: string;
  readonly rule: string;
  /** One sentence for people; never read by code. */
  readonly reason: string;
  /** Marginal, in plan order: all actions add up to the total. */
  readonly freesBytes: number;
  readonly freesDiskBytes?: number;
  /** Actions of one wave are independent; a wave begins when the one before it has ended. */
  readonly wave: number;
  readonly recovery: {
    /**
     * `record`: what it was is written down, not its content: enough to make a container or network again, of an image only
     * a description.
     */
    readonly way: "registry" | "archive" | "backup" | "record" | "none";
    /** For people; with `registry` the name by digest to pull it by, with `backup` the name to push it to. */
    readonly detail: string;
    /** With `archive`: by how much the bin grows at the most, after the actions before it. */
    readonly bytes?: number;
    /**
     * With `archive`: names by digest of images in registries that have layers of this one; those are not put into the bin.
     * They are asked again when it goes.
     */
    readonly layersFrom?: readonly string[];
    /** With `backup`: where it goes if that fails. */
    readonly otherwise?: "archive";
    /** What making it is likely to take, from what it took before; absent where it takes no time to speak of. */
    readonly estimatedMs?: number;
  };
}

/** Whether a volume goes whose content is put by. */
export function putsVolumeBy({ kind, recovery }: Action): boolean {
  return kind === "remove-volume" && recovery.way === "archive";
}

export interface Kept {
  readonly subject: string;
  readonly references: readonly string[];
  readonly reasons: readonly { readonly rule: string; readonly detail: string }[];
}

/**
 * A brake of the policy that the plan would run into; an unattended run stops at it. `archive`: the recovery bin has no room
 * for what goes, or would take as much as is freed; no run begins then.
 */
export interface ExceededLimit {
  readonly limit: "images" | "bytes" | "repository" | "incomplete" | "archive";
  readonly detail: string;
}

/** Where removed images are put, and for how long. */
export interface PlannedBin {
  /** Milliseconds from the removal on; absent: as long as by default. */
  readonly keepMs?: number;
  /** More than this the bin does not keep: the oldest goes first. */
  readonly atMostBytes?: number;
  /** Absent: the user's own. */
  readonly directory?: string;
  /** It takes its room on the disk that the images free. */
  readonly isOnSameDisk?: boolean;
  /** The target does not tell what packed layers take: it may be more than `archiveBytes`. */
  readonly mayTakeMore?: boolean;
}

/** What may go, in order, and why everything else stays. Plain JSON; carried out at most once. */
export interface Plan {
  readonly schema: typeof PLAN_SCHEMA;
  /** Digest of everything else in the plan: the same input gives the same plan, byte for byte. */
  readonly id: string;
  readonly target: Target;
  /** The clock the decisions were made by. RFC 3339, UTC. */
  readonly now: string;
  /**
   * Equal to `now`, on a plan that looks ahead: it shows what would be decided then if nothing changed. It is never
   * carried out.
   */
  readonly asOf?: string;
  readonly policy: { readonly source: string; readonly digest: string };
  readonly inventoryDigest: string;
  /** Names of the hosts that were asked what they use of a registry. Their answers do not hold for long. */
  readonly askedHosts?: readonly string[];
  readonly complete: boolean;
  readonly problems: readonly string[];
  readonly accuracy: Accuracy;
  readonly exceeds: readonly ExceededLimit[];
  /** What a reader should know besides: a target that cannot be reached, bytes that something else holds. */
  readonly notes: readonly string[];
  readonly actions: readonly Action[];
  readonly kept: readonly Kept[];
  /** Only where something goes there. */
  readonly bin?: PlannedBin;
  readonly totals: {
    readonly images: number;
    readonly references: number;
    readonly freesBytes: number;
    readonly freesDiskBytes?: number;
    /** By how much the recovery bin grows, at the most: what compression saves is not known before. */
    readonly archiveBytes: number;
  };
}
