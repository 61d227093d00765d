import type { Inventory } from "../inventory/inventory.ts";
import type { Policy } from "../policy/policy.ts";
import { familiarName, repositoryOf } from "../oci/reference.ts";
import { archiveBrakes, type BinRoom } from "./archive-brakes.ts";
import { archiveBytes } from "./archive-bytes.ts";
import { withBelongings } from "./belongings.ts";
import { fingerprintPlan, type Sha256 } from "./fingerprint.ts";
import { putsVolumeBy, type Action, type Plan, type PlannedBin } from "./plan.ts";
import { USUAL_SPEEDS, withTimes, type RecoverySpeeds } from "./recovery-time.ts";
import { recoveryModes, wayBack, type WaysBack } from "./way-back.ts";

/** What of a policy says how removed images come back. */
export type RecoveryPolicy = Pick<Policy, "images" | "recovery">;

/** What is known of the bin before anything goes there. */
export interface BinOutlook {
  /** Content that it has: keys of `Inventory.blobs`. */
  readonly holds: ReadonlySet<string>;
  /** Content that need not go there: names by digest of images in registries that have it, by keys of `Inventory.blobs`. */
  readonly inRegistry?: ReadonlyMap<string, string>;
  /** Undefined where nobody has looked, for a saved inventory. */
  readonly room?: BinRoom;
  /** Where the user has named another bin than the usual one. */
  readonly directory?: string;
}

/** Gives every image that goes its way back, and the plan what its images take in the bin. */
export function withRecovery(
  plan: Plan,
  policy: RecoveryPolicy,
  inventory: Inventory,
  known: {
    readonly ways: WaysBack;
    readonly bin: BinOutlook;
    /** Measured before; as usual where nothing was. */
    readonly speeds?: RecoverySpeeds;
    /** What volumes hold that are put by, by name; those of the inventory otherwise. */
    readonly volumes?: ReadonlyMap<string, { readonly sizeBytes?: number }>;
    /** Whether images go to free space, or because somebody has named them. */
    readonly frees: "is the point" | "is not the point";
  },
  sha256: Sha256,
): Plan {
  const chosen = withWaysBack(plan.actions, policy, inventory, known.ways);
  const { holds: inBin, inRegistry = new Map<string, string>() } = known.bin;
  const mayLeave = leavesLayers(policy);
  const archived = archiveBytes(chosen, inventory, { inBin, inRegistry, mayLeave });
  const stated = new Map(inventory.volumes.map(({ name, sizeBytes }) => [name, sizeBytes]));
  const placed = chosen.map((action): Action => {
    if (putsVolumeBy(action)) {
      const bytes = known.volumes?.get(action.subject)?.sizeBytes ?? stated.get(action.subject);
      return bytes === undefined ? action : { ...action, recovery: { ...action.recovery, bytes } };
    }
    const added = archived.get(action.subject);
    if (added === undefined || action.recovery.way !== "archive") return action;
    const { bytes, layersFrom } = added;
    const recovery = { ...action.recovery, bytes };
    if (layersFrom.length === 0) return { ...action, recovery };
    const detail = `${recovery.detail}, but for layers that ${sayRepositories(layersFrom)} has`;
    return { ...action, recovery: { ...recovery, detail, layersFrom } };
  });
  const actions = withTimes(placed, inventory, known.speeds ?? USUAL_SPEEDS);
  const total = actions.reduce((sum, { recovery: { bytes = 0 } }) => sum + bytes, 0);
  const planned = plannedBin(policy, known.bin);
  const filled = sizesAreLeast(inventory) ? { ...planned, mayTakeMore: true } : planned;
  // What cannot come back in another way after all goes there as well.
  const isBinNamed = Object.keys(planned).length > 0 && chosen.some(mayGoThereInstead);
  const isFilled = archived.size > 0 || actions.some(putsVolumeBy);
  const bin = isFilled ? filled : isBinNamed ? planned : undefined;
  const changed = {
    ...plan,
    actions,
    totals: { ...plan.totals, archiveBytes: total },
    ...(bin === undefined ? {} : { bin }),
  };
  const { room } = known.bin;
  const brakes = room === undefined ? [] : archiveBrakes(changed, inventory, room, known.frees);
  const { id: _id, ...body } = { ...changed, exceeds: [...plan.exceeds, ...brakes] };
  return { id: fingerprintPlan(body, sha256), ...body };
}

function mayGoThereInstead({ kind, recovery: { way, otherwise } }: Action): boolean {
  return kind === "delete-image" && (way === "registry" || otherwise === "archive");
}

function sayRepositories(names: readonly string[]): string {
  return [...new Set(names.map((name) => familiarName(repositoryOf(name))))].join(" or ");
}

/** Layers are left to registries only where a registry may be a way back for the whole image, too. */
export function leavesLayers(policy: RecoveryPolicy): (action: Action) => boolean {
  const modeOf = recoveryModes(policy);
  return ({ rule, recovery: { way } }) => way === "archive" && modeOf(rule) === "auto";
}

/** The actions with the way back of each image. */
export function withWaysBack(
  actions: readonly Action[],
  policy: RecoveryPolicy,
  inventory: Inventory,
  ways: WaysBack,
): readonly Action[] {
  const modeOf = recoveryModes(policy);
  const going = new Set(actions.map(({ subject }) => subject));
  const names = new Map<string, { tags: number; digests: number }>();
  for (const { id, references, repoDigests } of inventory.images) {
    if (going.has(id)) names.set(id, { tags: references.length, digests: repoDigests.length });
  }
  const chosen = actions.map((action): Action => {
    if (action.kind === "untag" && ways.recorded !== undefined && modeOf(action.rule) !== "off")
      return { ...action, recovery: { way: "record", detail: "the name is written down" } };
    const named = action.kind === "delete-image" ? names.get(action.subject) : undefined;
    if (named === undefined) return action;
    return { ...action, recovery: wayBack(action.subject, modeOf(action.rule), named, ways) };
  });
  return ways.noArchive === undefined ? withBelongings(chosen, inventory) : chosen;
}

/** A containerd store that cannot be looked into: of its content there are lower bounds. */
function sizesAreLeast({ engine, accuracy }: Inventory): boolean {
  return engine?.imageStore === "containerd" && accuracy.kind !== "exact";
}

function plannedBin({ recovery }: RecoveryPolicy, { directory, room }: BinOutlook): PlannedBin {
  return {
    ...(recovery?.keep === undefined ? {} : { keepMs: recovery.keep }),
    ...(recovery?.atMostBytes === undefined ? {} : { atMostBytes: recovery.atMostBytes }),
    ...(directory === undefined ? {} : { directory }),
    ...(room?.isOnTargetsDisk === true ? { isOnSameDisk: true } : {}),
  };
}
