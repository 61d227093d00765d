import type { Image } from "../inventory/image.ts";
import { missingRoom } from "../plan/archive-brakes.ts";
import type { StoredBlob } from "../plan/archive-bytes.ts";
import type { Action } from "../plan/plan.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { BinView } from "../ports/bin-view.ts";
import type { RecoveryBin, RegistryPart } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { ArchiveError } from "../recovery/archive-error.ts";

/** Which layers of an image the plan leaves to registries that still have them: asked right before it goes. */
export async function askForLayersLeft(
  { recovery: { layersFrom = [] } }: Action,
  { platforms }: Pick<Image, "platforms">,
  lacking: readonly StoredBlob[],
  openLookup: () => Promise<RegistryLookup>,
  signal: AbortSignal,
): Promise<readonly RegistryPart[]> {
  const wanted = new Set(
    lacking.flatMap(({ digest, isWorthLeaving }) => (isWorthLeaving ? digest : [])),
  );
  if (layersFrom.length === 0 || wanted.size === 0) return [];
  const lookup = await openLookup();
  const left = new Map<string, RegistryPart>();
  for (const repoDigest of layersFrom) {
    const repository = repositoryOf(repoDigest);
    const layers = await lookup.layersOf({ repoDigest, platforms }, signal);
    for (const { diffId, blob, mediaType, sizeBytes } of layers)
      for (const digest of [diffId, blob])
        if (wanted.has(digest))
          left.set(digest, { digest, repository, blob, mediaType, sizeBytes });
  }
  return [...left.values()];
}

/** What the bin lacks of an image, each piece once. */
export function lackingIn(
  bin: Pick<RecoveryBin, "holds">,
  blobs: readonly StoredBlob[],
): readonly StoredBlob[] {
  const lacking = new Map<string, StoredBlob>();
  for (const stored of blobs) if (!bin.holds(stored.digest)) lacking.set(stored.digest, stored);
  return [...lacking.values()];
}

/** Bytes of all blobs but those that are left to registries. */
export function bytesOf(blobs: readonly StoredBlob[], left: readonly RegistryPart[] = []): number {
  const leftDigests = new Set(left.map(({ digest }) => digest));
  return blobs.reduce(
    (sum, { digest, sizeBytes }) => (leftDigests.has(digest) ? sum : sum + sizeBytes),
    0,
  );
}

/** An image that takes more of the bin than its plan says goes there only where there is room for that. */
export async function requireRoom(
  action: Action,
  lacking: readonly StoredBlob[],
  left: readonly RegistryPart[],
  viewBin: () => Promise<BinView>,
): Promise<void> {
  const bytes = bytesOf(lacking, left);
  const { recovery } = action;
  const isPlanned = recovery.way === "archive" && bytes <= (recovery.bytes ?? bytes);
  if (isPlanned || bytes === 0) return;
  const { directory, freeBytes } = await viewBin();
  const room = freeBytes === undefined ? { directory } : { directory, freeBytes };
  const larger = { ...action, recovery: { ...recovery, bytes } };
  const short = missingRoom([larger], { ...room, isOnTargetsDisk: false });
  if (short !== undefined)
    throw new ArchiveError(`more of it has to go into the bin now: ${short}`);
}
