import type { Digest } from "../oci/digest.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";

/** What pushing an image needs of its target. */
export interface BackupParts {
  readonly transfer: Pick<ImageTransfer, "tag" | "push">;
  readonly lookup: RegistryLookup;
  /** Undefined where the target does not have it any more. */
  currentImage(
    id: Digest,
  ): Promise<{ readonly references: readonly string[]; readonly taggedAt?: string } | undefined>;
  /** Takes one name off, as far as it still means this image. */
  untag(
    reference: string,
    id: Digest,
  ): Promise<{ readonly outcome: string; readonly detail: string }>;
}

export interface BackedUp {
  /** `registry/repository@digest`: asked after the push, the registry has all of the image there. */
  readonly repoDigest: string;
  /** When the engine says that the image was named last: by this backup. RFC 3339. */
  readonly taggedAt?: string;
}

/** Why an image is not in the backup repository: it stays where it is. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  /** When it was given the backup's name, which was taken off again. RFC 3339. */
  readonly taggedAt: string | undefined;

  constructor(detail: string, { taggedAt, ...options }: ErrorOptions & { taggedAt?: string } = {}) {
    super(detail, options);
    this.taggedAt = taggedAt;
  }
}

/** Pushes an image under a name of its own, asks the registry whether it has all of it, and takes the name off again. */
export async function backUpImage(
  image: { readonly id: Digest; readonly platforms: readonly string[] },
  name: string,
  parts: BackupParts,
  signal: AbortSignal,
): Promise<BackedUp> {
  await parts.transfer.tag(image.id, name);
  let named: { readonly taggedAt?: string } = {};
  let repoDigest: string;
  try {
    const taggedAt = (await parts.currentImage(image.id))?.taggedAt;
    if (taggedAt !== undefined) named = { taggedAt };
    repoDigest = await push(image, name, parts, signal);
  } catch (error) {
    await takeOff(name, image.id, parts);
    if (signal.aborted || !(error instanceof Error)) throw error;
    throw new BackupError(error.message, { cause: error, ...named });
  }
  await takeOff(name, image.id, parts);
  return { repoDigest, ...named };
}

async function push(
  { id, platforms }: { readonly id: Digest; readonly platforms: readonly string[] },
  name: string,
  { transfer, lookup }: BackupParts,
  signal: AbortSignal,
): Promise<string> {
  await transfer.push(name, { signal, onProgress: () => undefined });
  // Not every engine tells the digest, and only the registry knows what it has.
  const digest = await lookup.resolve(name, signal);
  if (digest === undefined) throw new BackupError(`${name} is not there after the push`);
  const repoDigest = `${repositoryOf(name)}@${digest}`;
  const answer = await lookup.ask({ id, repoDigest, platforms }, signal);
  if (answer.kind === "held") return repoDigest;
  throw new BackupError(`${repoDigest} is no way back: ${answer.detail}`);
}

/** With its last name an engine takes the image away: then the backup's name stays. */
async function takeOff(
  name: string,
  id: Digest,
  { currentImage, untag }: Pick<BackupParts, "currentImage" | "untag">,
): Promise<void> {
  const { references = [] } = (await currentImage(id)) ?? {};
  if (!references.includes(name)) return;
  if (references.length === 1) throw new BackupError(`it has lost all its names but ${name}`);
  const { outcome, detail } = await untag(name, id);
  if (outcome !== "removed" && outcome !== "gone")
    throw new BackupError(`its name ${name} cannot be taken off again: ${detail}`);
}
