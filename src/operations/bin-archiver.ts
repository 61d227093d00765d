import type { Secured } from "../apply/secure-action.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { contentDigest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import { blobsToStore } from "../plan/archive-bytes.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { readsOnlyWhatIsLacking } from "../plan/recovery-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { BinEntry, RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { VolumeContent } from "../ports/volume-content.ts";
import { ArchiveError } from "../recovery/archive-error.ts";
import { archiveImage } from "../recovery/archive-image.ts";
import { archiveVolume } from "../recovery/archive-volume.ts";
import { openVolumesForRun } from "../recovery/open-volumes.ts";
import { askForLayersLeft, bytesOf, lackingIn, requireRoom } from "./layers-left.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
import { retainAfterRun, type Retired } from "./retain-after-run.ts";
import { SpeedMeter } from "./speed-meter.ts";

/** What a run has put into the bin. */
export interface PutBy {
  readonly location: string;
  readonly images: number;
  readonly volumes: number;
  /** By how much the bin grew. */
  readonly addedBytes: number;
}

export interface ArchivingOptions {
  readonly target: { readonly key: string; readonly name: string };
  readonly binDirectory: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onArchiving: (action: Action, doneBytes: number) => void;
}

/** Puts the images and volumes of one run into the bin, one at a time. */
export class BinArchiver {
  readonly #plan: Plan;
  readonly #inventory: Inventory;
  readonly #options: ArchivingOptions;
  readonly #speed = new SpeedMeter();
  #bin: Promise<RecoveryBin> | undefined;
  #volumes: Promise<VolumeContent> | undefined;
  #putBy: PutBy | undefined;

  constructor(plan: Plan, inventory: Inventory, options: ArchivingOptions) {
    this.#plan = plan;
    this.#inventory = inventory;
    this.#options = options;
  }

  async archive(
    action: Action,
    image: Image,
    parts: RecoveryParts,
    openLookup: () => Promise<RegistryLookup>,
  ): Promise<Secured> {
    const { binDirectory, signal, onArchiving } = this.#options;
    signal.throwIfAborted();
    const preview = await parts.previewSave?.(image, signal);
    if (preview?.obstacle !== undefined) throw new ArchiveError(preview.obstacle);
    const bin = await (this.#bin ??= parts.openBin(binDirectory));
    const blobs = blobsToStore(image, this.#inventory, preview?.diffIds);
    const lacking = lackingIn(bin, blobs);
    const inRegistry = await askForLayersLeft(action, image, lacking, openLookup, signal);
    await requireRoom(action, lacking, inRegistry, () => parts.viewBin(binDirectory));
    const archivable = {
      sourceId: image.id,
      image: this.#describe(image),
      blobs: image.blobs,
      inRegistry,
    };
    const readsPart = readsOnlyWhatIsLacking(this.#inventory);
    const bytes = readsPart ? bytesOf(lacking, inRegistry) : bytesOf(blobs);
    const onProgress = (done: number): void => onArchiving(action, done);
    const { entry, addedBytes } = await this.#speed.measure(bytes, () =>
      archiveImage(archivable, { reader: parts.reader, bin, onProgress }, signal),
    );
    this.#count(bin, { images: 1, volumes: 0 }, addedBytes);
    return { detail: placeOf(bin, entry) };
  }

  /** What the volume holds now must be as much as the plan knew. */
  async archiveVolume(
    action: Action,
    { openBin, openVolumes }: Pick<RecoveryParts, "openBin" | "openVolumes">,
  ): Promise<Secured> {
    const { binDirectory, signal, onArchiving } = this.#options;
    const { subject: name, recovery } = action;
    if (openVolumes === undefined)
      throw new ArchiveError("the volumes of this target cannot be put by");
    if (recovery.bytes === undefined)
      throw new ArchiveError("how much it holds was not known when the plan was made");
    signal.throwIfAborted();
    const bin = await (this.#bin ??= openBin(binDirectory));
    const volumes = await (this.#volumes ??= openVolumesForRun(openVolumes));
    const onProgress = (done: number): void => onArchiving(action, done);
    const removed = { references: [], repoDigests: [], ...this.#removal() };
    const { entry, addedBytes } = await archiveVolume(
      { name, sizeBytes: recovery.bytes, removed },
      { volumes, bin, onProgress },
      signal,
    );
    this.#count(bin, { images: 0, volumes: 1 }, addedBytes);
    return { detail: placeOf(bin, entry) };
  }

  /** Ends what was opened for volumes. */
  async close(): Promise<void> {
    await (await this.#volumes)?.close();
  }

  #count(
    { location }: RecoveryBin,
    { images, volumes }: Pick<PutBy, "images" | "volumes">,
    addedBytes: number,
  ): void {
    this.#putBy = {
      location,
      images: (this.#putBy?.images ?? 0) + images,
      volumes: (this.#putBy?.volumes ?? 0) + volumes,
      addedBytes: (this.#putBy?.addedBytes ?? 0) + addedBytes,
    };
  }

  /** Undefined as long as nothing has been put into the bin. */
  get putBy(): PutBy | undefined {
    return this.#putBy;
  }

  /** Undefined where it was too little to tell. */
  get bytesPerSecond(): number | undefined {
    return this.#speed.bytesPerSecond;
  }

  /** Takes from the bin what no longer has to be kept, if the run has put something there. */
  async retire(): Promise<Retired | undefined> {
    if (this.#bin === undefined || this.#putBy === undefined) return undefined;
    return retainAfterRun(await this.#bin, this.#plan, this.#options.clock);
  }

  #describe({ id, references, repoDigests, createdAt }: Image): RemovedImage {
    return {
      id: contentDigest(id),
      references,
      repoDigests,
      ...this.#removal(),
      ...(createdAt === undefined ? {} : { createdAt }),
    };
  }

  #removal() {
    const { target, clock } = this.#options;
    const { id: planId, bin } = this.#plan;
    return {
      targetKey: target.key,
      targetName: target.name,
      planId,
      removedAt: new Date(clock()).toISOString(),
      ...(bin?.keepMs === undefined ? {} : { keepMs: bin.keepMs }),
    };
  }
}

function placeOf({ location }: RecoveryBin, { inRegistry = [] }: BinEntry): string {
  const repositories = [...new Set(inRegistry.map(({ repository }) => familiarName(repository)))];
  const place = `in the recovery bin ${location}`;
  return repositories.length === 0 ? place : `${place}, base in ${repositories.join(", ")}`;
}
