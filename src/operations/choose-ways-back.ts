import type { Image } from "../inventory/image.ts";
import type { Engine, Inventory, Target } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { blobsToStore, type StoredBlob } from "../plan/archive-bytes.ts";
import type { BinRoom } from "../plan/archive-brakes.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Withheld } from "../plan/image-facts.ts";
import { putsVolumeBy, type Action, type Plan } from "../plan/plan.ts";
import { USUAL_SPEEDS } from "../plan/recovery-time.ts";
import { keepsNothing, recoveryModes, type WaysBack } from "../plan/way-back.ts";
import {
  leavesLayers,
  withRecovery,
  withWaysBack,
  type BinOutlook,
  type RecoveryPolicy,
} from "../plan/with-recovery.ts";
import type { BinView } from "../ports/bin-view.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { PreviewSave, SavePreview } from "../ports/save-preview.ts";
import type { SpeedLog } from "../ports/speed-log.ts";
import type { VolumePreview } from "../ports/volume-content.ts";
import { askForLayers } from "./ask-for-layers.ts";
import { askRegistries } from "./ask-registries.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";
import { previewVolumes, type PreviewVolumes } from "./preview-volumes.ts";
import { RegistryQuestions } from "./registry-questions.ts";

/** Images that an engine is asked about at once. */
const PREVIEWS_AT_ONCE = 8;

/** What can be asked. For a saved inventory all of it is absent: its images are looked for when they go. */
export interface RecoverySources {
  readonly openLookup?: () => Promise<RegistryLookup>;
  readonly viewBin?: () => Promise<BinView>;
  readonly previewSave?: PreviewSave;
  readonly openSpeeds?: () => Promise<Pick<SpeedLog, "read">>;
  readonly previewVolumes?: PreviewVolumes;
  /** Absent: images of this target can be put into the bin. */
  readonly noArchive?: string;
  /** What a record brings back there, where that is more than a description. */
  readonly recorded?: string;
  /** Images can be pushed from there. */
  readonly canPush: boolean;
  /** The bin that the user has named. */
  readonly binDirectory?: string;
}

export interface ChooseOptions {
  /** Plans anew; what is withheld stays. */
  readonly plan: (withheld: Withheld) => Plan | Promise<Plan>;
  readonly policy: RecoveryPolicy;
  readonly inventory: Inventory;
  readonly sources: RecoverySources;
  /** Whether images go to free space, or because somebody has named them. */
  readonly frees: "is the point" | "is not the point";
  readonly sha256: Sha256;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/**
 * Plans, and chooses how each image comes back. What neither can come back from a registry nor be kept safely stays, which
 * may let other images take its place: this is repeated until nothing changes.
 */
export async function chooseWaysBack(options: ChooseOptions): Promise<Plan> {
  const { policy, inventory, sources, sha256, frees } = options;
  const withheld = new Map<string, string>();
  const inRegistry = new Map<string, string>();
  const previews = new Map<Digest, SavePreview>();
  const volumes = new Map<string, VolumePreview>();
  const asked = new Set<Digest>();
  const { noArchive, recorded, canPush } = sources;
  const backup = canPush ? policy.recovery?.backup : undefined;
  const ways: WaysBack = {
    inRegistry,
    ...(noArchive === undefined ? {} : { noArchive }),
    ...(backup === undefined ? {} : { backup }),
    ...(recorded === undefined ? {} : { recorded }),
  };
  const questions = openQuestions(options);
  try {
    for (;;) {
      const plan = await options.plan(withheld);
      const putsVolumes = plan.actions.some(putsVolumeBy);
      if (keepsNothing(policy) && !putsVolumes) return plan;
      const { previewVolumes: look } = sources;
      const stay = await previewVolumes(plan.actions, look, volumes, options.signal);
      for (const [name, obstacle] of stay) withheld.set(name, obstacle);
      if (stay.size > 0) continue;
      await findInRegistries(plan, options, questions, asked, inRegistry);
      const actions = withWaysBack(plan.actions, policy, inventory, ways);
      const archived = actions.filter(isArchived);
      const ids = archived.map(({ subject }) => subject);
      const found = await previewSaves(ids, options, previews);
      for (const [id, obstacle] of found) withheld.set(id, obstacle);
      if (found.size > 0) continue;
      const bin =
        archived.length > 0 || putsVolumes
          ? await outlook(archived, options, questions, previews)
          : { holds: new Set<string>(), ...namedBin(sources) };
      const takesTime = actions.some(
        ({ recovery: { way } }) => way === "archive" || way === "backup",
      );
      const measured = takesTime ? (await sources.openSpeeds?.())?.read() : undefined;
      const speeds = { ...USUAL_SPEEDS, ...measured };
      const known = { ways, bin, volumes, speeds, frees };
      return withRecovery(plan, policy, inventory, known, sha256);
    }
  } finally {
    await questions?.close();
  }
}

/** A registry's own images are not to be had from it once they are gone there. */
function openQuestions({
  sources: { openLookup },
  inventory,
  signal,
}: ChooseOptions): RegistryQuestions | undefined {
  if (openLookup === undefined || inventory.target.kind === "registry") return undefined;
  return new RegistryQuestions(openLookup, signal);
}

function isArchived({ kind, recovery }: Action): boolean {
  return kind === "delete-image" && recovery.way === "archive";
}

async function findInRegistries(
  plan: Plan,
  { policy, inventory, onProgress }: ChooseOptions,
  questions: RegistryQuestions | undefined,
  asked: Set<Digest>,
  inRegistry: Map<string, string>,
): Promise<void> {
  if (questions === undefined) return;
  const modeOf = recoveryModes(policy);
  const wanted = new Set(
    plan.actions.flatMap(({ kind, rule, subject }) =>
      kind === "delete-image" && modeOf(rule) === "auto" && !asked.has(subject) ? [subject] : [],
    ),
  );
  const images = inventory.images.filter(
    ({ id, repoDigests }) => wanted.has(id) && repoDigests.length > 0,
  );
  for (const id of wanted) asked.add(id);
  if (images.length === 0) return;
  const found = await askRegistries(images, questions, (done, total) =>
    onProgress("asking registries", done, total),
  );
  for (const [id, name] of found) inRegistry.set(id, name);
}

/** Obstacles of images not looked at before. */
async function previewSaves(
  ids: readonly Digest[],
  { inventory, sources: { previewSave }, signal, onProgress }: ChooseOptions,
  previews: Map<Digest, SavePreview>,
): Promise<ReadonlyMap<Digest, string>> {
  const obstacles = new Map<Digest, string>();
  if (previewSave === undefined) return obstacles;
  const wanted = new Set(ids.filter((id) => !previews.has(id)));
  const fresh = inventory.images.filter(({ id }) => wanted.has(id));
  let done = 0;
  await eachInParallel(fresh, { limit: PREVIEWS_AT_ONCE }, async (image) => {
    const preview = await previewSave(image, signal);
    previews.set(image.id, preview);
    if (preview.obstacle !== undefined) obstacles.set(image.id, preview.obstacle);
    done += 1;
    onProgress("looking at what goes into the bin", done, fresh.length);
  });
  return obstacles;
}

async function outlook(
  archived: readonly Action[],
  { policy, inventory, sources: { viewBin, binDirectory }, onProgress }: ChooseOptions,
  questions: RegistryQuestions | undefined,
  previews: ReadonlyMap<Digest, SavePreview>,
): Promise<BinOutlook> {
  const directory = namedBin({ binDirectory });
  if (viewBin === undefined) return { holds: new Set(), ...directory };
  const view = await viewBin();
  const going = new Map(archived.map((action) => [action.subject, action]));
  const leaves = leavesLayers(policy);
  const holds = new Set<string>();
  const lacking = new Map<Image, readonly StoredBlob[]>();
  for (const image of inventory.images) {
    const action = going.get(image.id);
    if (action === undefined) continue;
    const blobs = blobsToStore(image, inventory, previews.get(image.id)?.diffIds);
    for (const { blob, digest } of blobs) if (view.holds(digest)) holds.add(blob);
    if (leaves(action))
      lacking.set(
        image,
        blobs.filter(({ blob }) => !holds.has(blob)),
      );
  }
  const room = await roomOf(view, inventory);
  if (questions === undefined) return { holds, room, ...directory };
  const inRegistry = await askForLayers(lacking, inventory, questions, (done, total) =>
    onProgress("asking registries for layers", done, total),
  );
  return { holds, inRegistry, room, ...directory };
}

function namedBin({ binDirectory }: { readonly binDirectory?: string | undefined }) {
  return binDirectory === undefined ? {} : { directory: binDirectory };
}

async function roomOf(view: BinView, { target, engine }: Inventory): Promise<BinRoom> {
  const { directory, freeBytes } = view;
  const root = rootOnThisMachine(target, engine);
  return {
    directory,
    ...(freeBytes === undefined ? {} : { freeBytes }),
    isOnTargetsDisk: root !== undefined && (await view.isOnDiskOf(root)),
  };
}

/** An engine's disk is known only where its data root was seen to be here. */
function rootOnThisMachine(target: Target, engine: Engine | undefined): string | undefined {
  if (target.kind === "layout") return target.address.replace(/^oci:/, "");
  return target.kind === "engine" && engine?.disk !== undefined ? engine.rootDir : undefined;
}
