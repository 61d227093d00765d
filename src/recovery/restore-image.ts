import type { Digest } from "../oci/digest.ts";
import type { ImageContentWriter } from "../ports/image-content.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";

export interface RestoreParts {
  readonly bin: RecoveryBin;
  readonly writer: ImageContentWriter;
  readonly names: Pick<ImageTransfer, "tag">;
  /** Where a name points now; undefined when it does not exist. */
  readonly resolveReference: (reference: string) => Promise<Digest | undefined>;
}

/** How an image came back. */
export interface Restored {
  readonly image: BinEntry["image"];
  /** As the target knows it now; another one than before where the kinds of store differ. */
  readonly id: Digest;
  /** Names that it has again. */
  readonly references: readonly string[];
  /** Names that mean another image by now, and were left to it. */
  readonly taken: readonly { readonly reference: string; readonly by: Digest }[];
  /** Names by digest that the target does not know any more; a pull by that digest gives them back. */
  readonly lostRepoDigests: readonly string[];
}

/** Gives an image back, then its names one by one: a name that was given to another image meanwhile is not stolen. */
export async function restoreImage(
  entry: BinEntry,
  { bin, writer, names, resolveReference }: RestoreParts,
  signal: AbortSignal,
): Promise<Restored> {
  const { image } = entry;
  const id = await writer.writeImage(bin.contentOf(entry), { signal });
  const references: string[] = [];
  const taken: { reference: string; by: Digest }[] = [];
  for (const reference of image.references) {
    const meaning = await resolveReference(reference);
    if (meaning === undefined) await names.tag(id, reference);
    if (meaning === undefined || meaning === id) references.push(reference);
    else taken.push({ reference, by: meaning });
  }
  return { image, id, references, taken, lostRepoDigests: image.repoDigests };
}
