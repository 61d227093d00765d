import type { Digest } from "../oci/digest.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";

export interface NamingParts {
  readonly names: Pick<ImageTransfer, "tag">;
  /** Where a name points now; undefined when it does not exist. */
  readonly resolveReference: (reference: string) => Promise<Digest | undefined>;
}

export interface NamesGiven {
  /** Names that the image has now. */
  readonly references: readonly string[];
  /** Those of them that it did not have before. */
  readonly given: readonly string[];
  /** Names that mean another image by now, and were left to it. */
  readonly taken: readonly { readonly reference: string; readonly by: Digest }[];
}

/** Gives an image its names one by one: one that was given to another image meanwhile is not stolen. */
export async function giveNames(
  id: Digest,
  wanted: readonly string[],
  { names, resolveReference }: NamingParts,
): Promise<NamesGiven> {
  const references: string[] = [];
  const given: string[] = [];
  const taken: { reference: string; by: Digest }[] = [];
  for (const reference of wanted) {
    const meaning = await resolveReference(reference);
    if (meaning === undefined) {
      await names.tag(id, reference);
      given.push(reference);
    }
    if (meaning === undefined || meaning === id) references.push(reference);
    else taken.push({ reference, by: meaning });
  }
  return { references, given, taken };
}
