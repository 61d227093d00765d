import type { Digest } from "../oci/digest.ts";
import type { ImageContentWriter } from "../ports/image-content.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { fetchParts } from "./fetch-parts.ts";
import { giveNames, type NamesGiven, type NamingParts } from "./give-names.ts";

export interface RestoreParts extends NamingParts {
  readonly bin: RecoveryBin;
  readonly writer: ImageContentWriter;
  readonly openLookup: () => Promise<RegistryLookup>;
  readonly isThere: (id: Digest) => Promise<boolean>;
  /** Takes away what a load that failed has left listed; told only of an image that was not there before it. */
  readonly discard: (id: Digest) => Promise<void>;
}

/** How an image came back. */
export interface Restored extends NamesGiven {
  readonly image: BinEntry["image"];
  /** As the target knows it now; another one than before where the kinds of store differ. */
  readonly id: Digest;
  /** It was there already, and only names were given. */
  readonly wasThere: boolean;
  /** Names by digest that the target does not know any more; a pull by that digest gives them back. */
  readonly lostRepoDigests: readonly string[];
  /** What else is not as it was, a sentence each. */
  readonly details?: readonly string[];
}

/** What was loaded is not what was put by. The bin still has it. */
class RestoreError extends Error {
  override readonly name = "RestoreError";
  readonly kind = "not-restored";
  readonly hint = "plimsoll bin verify reads the bin again; the image is still in it.";
}

/** Gives an image back with its names, and looks whether the target has it. Nothing leaves the bin meanwhile. */
export function restoreImage(
  entry: BinEntry,
  parts: RestoreParts,
  signal: AbortSignal,
): Promise<Restored> {
  return parts.bin.whileHeld(() => restoreHeld(entry, parts, signal));
}

async function restoreHeld(
  entry: BinEntry,
  parts: RestoreParts,
  signal: AbortSignal,
): Promise<Restored> {
  const { image } = entry;
  const wasThere = await parts.isThere(image.id);
  const id = wasThere ? image.id : await load(entry, parts, signal);
  const named = await giveNames(id, image.references, parts);
  const lostRepoDigests: string[] = [];
  for (const name of image.repoDigests)
    if ((await parts.resolveReference(name)) !== id) lostRepoDigests.push(name);
  return { image, id, wasThere, ...named, lostRepoDigests };
}

async function load(
  entry: BinEntry,
  { bin, writer, openLookup, isThere, discard }: RestoreParts,
  signal: AbortSignal,
): Promise<Digest> {
  await fetchParts(entry, bin, openLookup, signal);
  let id: Digest;
  try {
    const { listed } = entry.image;
    const options = listed === undefined ? { signal } : { signal, listed };
    id = await writer.writeImage(await bin.contentOf(entry), options);
  } catch (error) {
    // Docker 28 lists an image whose load failed half-way (containerd store).
    await discard(entry.image.id);
    throw contentFailure(error);
  }
  if (await isThere(id)) return id;
  throw new RestoreError(`the target said that it has loaded ${id}, and does not have it`);
}

/** Content that breaks off is told as what is wrong with it, and not as the request of ours that it ended. */
function contentFailure(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "kind" in cause ? cause : error;
}
