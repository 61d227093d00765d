import type { SecureAction, Secured } from "../apply/secure-action.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { contentDigest } from "../oci/digest.ts";
import { blobsToStore } from "../plan/archive-bytes.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { familiarName } from "../oci/reference.ts";
import type { BinView } from "../ports/bin-view.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { BinEntry, RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { PreviewSave } from "../ports/save-preview.ts";
import { ArchiveError } from "../recovery/archive-error.ts";
import { archiveImage } from "../recovery/archive-image.ts";
import { backUpImage, type BackupParts } from "../recovery/back-up-image.ts";
import { askForLayersLeft, lackingIn, requireRoom } from "./layers-left.ts";
import type { RecordAction } from "./record-removed.ts";
import { retainAfterRun, type Retired } from "./retain-after-run.ts";

/** What putting images by needs; a target without it cannot give anything back. */
export interface RecoveryParts {
  readonly reader: ImageContentReader;
  /** The user's own bin, or the one in a directory. */
  readonly openBin: (directory?: string) => Promise<RecoveryBin>;
  readonly viewBin: (directory?: string) => Promise<BinView>;
  readonly openLookup: () => Promise<RegistryLookup>;
  /** Absent where any image can be saved. */
  readonly previewSave?: PreviewSave;
}

/** What a run does it with. */
export interface SecuringParts {
  readonly recovery: RecoveryParts | undefined;
  /** Absent where nothing can be pushed. */
  readonly transfer: ImageTransfer | undefined;
  readonly names: Pick<BackupParts, "currentImage" | "untag">;
  readonly record: RecordAction;
}

export interface SecuringOptions {
  readonly target: { readonly key: string; readonly name: string };
  readonly binDirectory: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onArchiving: (action: Action, doneBytes: number) => void;
}

/** What a run has put into the bin. */
export interface PutBy {
  readonly location: string;
  readonly images: number;
  /** By how much the bin grew. */
  readonly addedBytes: number;
}

interface Securing {
  readonly secure: SecureAction;
  /** Undefined as long as nothing has been put into the bin. */
  putBy(): PutBy | undefined;
  /** Takes from the bin what no longer has to be kept, if the run has put something there. */
  retire(): Promise<Retired | undefined>;
  /** Ends the connections that were made. */
  close(): Promise<void>;
}

/** Makes the way back of each action durable, one image at a time: those that go together often share most of their content. */
export function secureImages(
  plan: Plan,
  inventory: Inventory,
  { recovery, transfer, names, record }: SecuringParts,
  { target, binDirectory, clock, signal, onArchiving }: SecuringOptions,
): Securing {
  const images = new Map(inventory.images.map((image) => [image.id, image]));
  let bin: Promise<RecoveryBin> | undefined;
  let lookup: Promise<RegistryLookup> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let putBy: PutBy | undefined;

  const partsFor = ({ subject }: Action): { image: Image; parts: RecoveryParts } => {
    const image = images.get(subject);
    if (recovery === undefined) throw new ArchiveError("this target has no recovery bin");
    if (image === undefined) throw new ArchiveError("the inventory does not have it");
    return { image, parts: recovery };
  };

  const archive = async (action: Action): Promise<Secured> => {
    const { image, parts } = partsFor(action);
    signal.throwIfAborted();
    const preview = await parts.previewSave?.(image.id, signal);
    if (preview?.obstacle !== undefined) throw new ArchiveError(preview.obstacle);
    const opened = await (bin ??= parts.openBin(binDirectory));
    const lacking = lackingIn(opened, blobsToStore(image, inventory, preview?.diffIds));
    const openLookup = (): Promise<RegistryLookup> => (lookup ??= parts.openLookup());
    const inRegistry = await askForLayersLeft(action, image, lacking, openLookup, signal);
    await requireRoom(action, lacking, inRegistry, () => parts.viewBin(binDirectory));
    const archivable = {
      sourceId: image.id,
      image: describe(image),
      blobs: image.blobs,
      inRegistry,
    };
    const { entry, addedBytes } = await archiveImage(
      archivable,
      { reader: parts.reader, bin: opened, onProgress: (done) => onArchiving(action, done) },
      signal,
    );
    putBy = {
      location: opened.location,
      images: (putBy?.images ?? 0) + 1,
      addedBytes: (putBy?.addedBytes ?? 0) + addedBytes,
    };
    return { detail: placeOf(opened, entry) };
  };

  const describe = ({ id, references, repoDigests, createdAt }: Image): RemovedImage => ({
    id: contentDigest(id),
    references,
    repoDigests,
    targetKey: target.key,
    targetName: target.name,
    planId: plan.id,
    removedAt: new Date(clock()).toISOString(),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(plan.bin?.keepMs === undefined ? {} : { keepMs: plan.bin.keepMs }),
  });

  /** A registry may still have the blobs when the bin has let go of them: then the manifest is enough. */
  const archiveWithRecord = async (action: Action): Promise<Secured> => {
    if (inventory.target.kind === "registry") await record(action);
    return inTurn(action, archive);
  };

  const inTurn = (action: Action, secure: SecureAction): Promise<Secured> => {
    const mine = turn.then(() => secure(action));
    turn = mine.catch(() => undefined);
    return mine;
  };

  /** What a registry had when the plan was made it may have no more. */
  const askAgain = async (action: Action): Promise<Secured> => {
    const { image, parts } = partsFor(action);
    const { id, platforms } = image;
    const repoDigest = action.recovery.detail;
    const answer = await (
      await (lookup ??= parts.openLookup())
    ).ask({ id, repoDigest, platforms }, signal);
    if (answer.kind === "held") return { detail: repoDigest };
    return inTurn(action, archive);
  };

  const backUp = async (action: Action): Promise<Secured> => {
    const { image, parts } = partsFor(action);
    if (transfer === undefined) throw new ArchiveError("nothing can be pushed from this target");
    signal.throwIfAborted();
    const { repoDigest, taggedAt } = await backUpImage(
      image,
      action.recovery.detail,
      {
        transfer,
        lookup: await (lookup ??= parts.openLookup()),
        currentImage: (id) => names.currentImage(id),
        untag: (name, id) => names.untag(name, id),
      },
      signal,
    );
    await record(action, { backedUpAs: repoDigest });
    const named = taggedAt === undefined ? {} : { namedByUsAt: taggedAt };
    return { detail: repoDigest, ...named };
  };

  return {
    async secure(action) {
      const { way } = action.recovery;
      switch (way) {
        case "record":
          return record(action);
        case "registry":
          return askAgain(action);
        case "archive":
          return archiveWithRecord(action);
        case "backup":
          return inTurn(action, backUp);
        case "none":
          return { detail: "" };
        default:
          return way satisfies never;
      }
    },
    putBy: () => putBy,
    retire: async () =>
      bin === undefined || putBy === undefined ? undefined : retainAfterRun(await bin, plan, clock),
    async close() {
      await (await lookup)?.close();
    },
  };
}

function placeOf({ location }: RecoveryBin, { inRegistry = [] }: BinEntry): string {
  const repositories = [...new Set(inRegistry.map(({ repository }) => familiarName(repository)))];
  const place = `in the recovery bin ${location}`;
  return repositories.length === 0 ? place : `${place}, base in ${repositories.join(", ")}`;
}
