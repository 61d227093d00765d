import { messageOf } from "../apply/recheck.ts";
import type { SecureAction, Secured } from "../apply/secure-action.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { blobsToStore } from "../plan/archive-bytes.ts";
import type { Action, Plan } from "../plan/plan.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { ArchiveError } from "../recovery/archive-error.ts";
import { BackupError, backUpImage, type BackupParts } from "../recovery/back-up-image.ts";
import { BinArchiver, type ArchivingOptions, type PutBy } from "./bin-archiver.ts";
import { bytesOf } from "./layers-left.ts";
import type { RecordAction } from "./record-removed.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
import type { Retired } from "./retain-after-run.ts";
import { SpeedMeter } from "./speed-meter.ts";

/** What a run does it with. */
export interface SecuringParts {
  readonly recovery: RecoveryParts | undefined;
  /** Absent where nothing can be pushed. */
  readonly transfer: ImageTransfer | undefined;
  readonly names: Pick<BackupParts, "currentImage" | "untag">;
  readonly record: RecordAction;
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
  options: ArchivingOptions,
): Securing {
  const { signal } = options;
  const archiver = new BinArchiver(plan, inventory, options);
  const pushing = new SpeedMeter();
  const images = new Map(inventory.images.map((image) => [image.id, image]));
  let lookup: Promise<RegistryLookup> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const recoveryParts = (): RecoveryParts => {
    if (recovery === undefined) throw new ArchiveError("this target has no recovery bin");
    return recovery;
  };

  const partsFor = ({ subject }: Action): { image: Image; parts: RecoveryParts } => {
    const parts = recoveryParts();
    const image = images.get(subject);
    if (image === undefined) throw new ArchiveError("the inventory does not have it");
    return { image, parts };
  };

  const openLookup = (): Promise<RegistryLookup> => (lookup ??= recoveryParts().openLookup());

  const archive = async (action: Action): Promise<Secured> => {
    const { image, parts } = partsFor(action);
    return archiver.archive(action, image, parts, openLookup);
  };

  const archiveVolume = (action: Action): Promise<Secured> =>
    archiver.archiveVolume(action, recoveryParts());

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
    const { id, platforms } = partsFor(action).image;
    const repoDigest = action.recovery.detail;
    const answer = await (await openLookup()).ask({ id, repoDigest, platforms }, signal);
    if (answer.kind === "held") return { detail: repoDigest };
    return inTurn(action, archive);
  };

  const backUp = async (action: Action): Promise<Secured> => {
    const { image } = partsFor(action);
    if (transfer === undefined) throw new ArchiveError("nothing can be pushed from this target");
    signal.throwIfAborted();
    const parts = {
      transfer,
      lookup: await openLookup(),
      currentImage: (id: string) => names.currentImage(id),
      untag: (name: string, id: string) => names.untag(name, id),
    };
    const bytes = bytesOf(blobsToStore(image, inventory, undefined));
    const { repoDigest, taggedAt } = await pushing.measure(bytes, () =>
      backUpImage(image, action.recovery.detail, parts, signal),
    );
    await record(action, { backedUpAs: repoDigest });
    return { detail: repoDigest, ...namedByUs(taggedAt) };
  };

  /** A repository that cannot be pushed to is no reason to keep an image that the bin takes. */
  const backUpOrArchive = async (action: Action): Promise<Secured> => {
    try {
      return await backUp(action);
    } catch (error) {
      if (signal.aborted || action.recovery.otherwise !== "archive") throw error;
      const why = `the backup failed: ${messageOf(error)}`;
      const secured = await archive(action).catch((second: unknown) => {
        throw signal.aborted ? second : new ArchiveError(`${why}; ${messageOf(second)}`);
      });
      const taggedAt = error instanceof BackupError ? error.taggedAt : undefined;
      return { detail: `${secured.detail}; ${why}`, ...namedByUs(taggedAt) };
    }
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
          return action.kind === "remove-volume"
            ? inTurn(action, archiveVolume)
            : archiveWithRecord(action);
        case "backup":
          return inTurn(action, backUpOrArchive);
        case "none":
          return { detail: "" };
        default:
          return way satisfies never;
      }
    },
    putBy: () => archiver.putBy,
    retire: () => archiver.retire(),
    async close() {
      const archived = archiver.bytesPerSecond;
      const pushed = pushing.bytesPerSecond;
      const measured = {
        ...(archived === undefined ? {} : { archiveBytesPerSecond: archived }),
        ...(pushed === undefined ? {} : { backupBytesPerSecond: pushed }),
      };
      if (Object.keys(measured).length > 0) (await recovery?.openSpeeds?.())?.note(measured);
      await Promise.all([(await lookup)?.close(), archiver.close()]);
    },
  };
}

function namedByUs(taggedAt: string | undefined): Pick<Secured, "namedByUsAt"> {
  return taggedAt === undefined ? {} : { namedByUsAt: taggedAt };
}
