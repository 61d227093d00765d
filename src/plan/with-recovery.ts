import type { Inventory } from "../inventory/inventory.ts";
import type { Policy, RecoveryMode } from "../policy/policy.ts";
import { fingerprintPlan, type Sha256 } from "./fingerprint.ts";
import type { Action, Plan } from "./plan.ts";

/** What is known of the ways back, asked just before. */
export interface WaysBack {
  /** Why nothing of this target can be put into the bin; undefined where it can. */
  readonly noArchive?: string;
  /** By image ID: the name by digest under which a registry has answered that it has all of the image. */
  readonly inRegistry: ReadonlyMap<string, string>;
}

/** How removed images come back where neither the rule nor the policy says. */
export const DEFAULT_RECOVERY: RecoveryMode = "auto";

/**
 * Chooses the way back of every image that goes, by its rule, by the policy, by default `auto`: a registry that has it,
 * else the bin; of an image without any name only what it was is kept.
 */
export function withRecovery(
  plan: Plan,
  policy: Policy,
  inventory: Inventory,
  ways: WaysBack,
  sha256: Sha256,
): Plan {
  const modeOf = recoveryModes(policy);
  const named = new Set(
    inventory.images
      .filter(({ references, repoDigests }) => references.length + repoDigests.length > 0)
      .map(({ id }) => id),
  );
  const actions = plan.actions.map((action): Action => {
    if (action.kind !== "delete-image") return action;
    const isNamed = named.has(action.subject);
    return { ...action, recovery: wayBack(action, modeOf(action.rule), isNamed, ways) };
  });
  const archiveBytes = bytesToArchive(actions, inventory);
  const { id: _id, ...body } = { ...plan, actions, totals: { ...plan.totals, archiveBytes } };
  return { id: fingerprintPlan(body, sha256), ...body };
}

/** How what a rule lets go comes back: by the rule, by the policy, by default. */
export function recoveryModes(policy: Policy): (rule: string) => RecoveryMode {
  const modes = new Map(policy.images.map(({ name, recovery }) => [name, recovery]));
  const inherited = policy.recovery?.mode ?? DEFAULT_RECOVERY;
  return (rule) => modes.get(rule) ?? inherited;
}

function wayBack(
  { subject }: Action,
  mode: RecoveryMode,
  isNamed: boolean,
  { noArchive, inRegistry }: WaysBack,
): Action["recovery"] {
  const registry = inRegistry.get(subject);
  switch (mode) {
    case "off":
      return { way: "none", detail: "the policy asks for no way back" };
    case "record":
      return { way: "none", detail: RECORD_ONLY };
    case "backup":
      return { way: "backup", detail: "pushed to the backup repository before it goes" };
    case "auto":
      if (registry !== undefined) return { way: "registry", detail: registry };
      if (!isNamed) return { way: "none", detail: RECORD_ONLY };
      break;
    case "archive":
      break;
    default:
      return mode satisfies never;
  }
  return noArchive === undefined
    ? { way: "archive", detail: "put into the recovery bin before it goes" }
    : { way: "none", detail: noArchive };
}

const RECORD_ONLY = "only what it was is remembered, not its content";

/** At most: layers that the bin has already, and what compression saves, are not known before. */
function bytesToArchive(actions: readonly Action[], inventory: Inventory): number {
  const archived = new Set(
    actions.flatMap(({ recovery: { way }, subject }) => (way === "archive" ? [subject] : [])),
  );
  const blobs = new Set<string>();
  if (archived.size === 0) return 0;
  for (const image of inventory.images)
    if (archived.has(image.id)) for (const blob of image.blobs) blobs.add(blob);
  let bytes = 0;
  for (const blob of blobs) bytes += isCounted(blob, inventory) ? (inventory.blobs[blob] ?? 0) : 0;
  return bytes;
}

/** On the containerd store a layer is there twice, packed and unpacked; only the packed one is put by. */
function isCounted(blob: string, { engine }: Inventory): boolean {
  return engine?.imageStore !== "containerd" || !blob.startsWith("snapshot:");
}
