import { contentDigest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import type { StoredContent } from "../ports/image-content.ts";
import type { ImageRebuilder, Rebuilt, WantedImage } from "../ports/image-rebuilder.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { fetchParts } from "./fetch-parts.ts";
import { undone, type Undone } from "./undo-step.ts";

export type OpenBin = () => Promise<{
  readonly bin: RecoveryBin;
  readonly entries: readonly BinEntry[];
}>;

export interface RebuildParts {
  readonly rebuilder: ImageRebuilder;
  readonly openBin: OpenBin;
  readonly openLookup: () => Promise<RegistryLookup>;
}

/** Makes an image again in its registry. What that has not any more comes from the bin, whichever removal put it there. */
export async function rebuildImage(
  wanted: WantedImage,
  { rebuilder, openBin, openLookup }: RebuildParts,
  signal: AbortSignal,
): Promise<Rebuilt> {
  const { bin, entries } = await openBin();
  const digest = contentDigest(wanted.id);
  const entry = entries.findLast(({ image }) => image.id === digest);
  if (entry === undefined)
    return rebuilder.rebuildImage(wanted, () => Promise.resolve(undefined), signal);
  const open = async (): Promise<StoredContent> => {
    await fetchParts(entry, bin, openLookup, signal);
    return bin.contentOf(entry);
  };
  return bin.whileHeld(() => rebuilder.rebuildImage(wanted, open, signal));
}

/** The same as a step of an undo. */
export async function undoByRecord(
  wanted: WantedImage,
  parts: RebuildParts,
  signal: AbortSignal,
): Promise<Undone> {
  const rebuilt = await rebuildImage(wanted, parts, signal);
  if (rebuilt.kind === "collected") return undone("beyond", sayCollected(wanted, rebuilt.missing));
  const details = notAsBefore(rebuilt, wanted.id);
  if (details.length > 0) return undone("partly", ...details);
  return undone(rebuilt.kind === "there" && rebuilt.given.length === 0 ? "there" : "restored");
}

export function sayCollected({ id, document }: WantedImage, missing: readonly string[]): string {
  if (document === undefined && missing.includes(contentDigest(id)))
    return "its manifest is gone, and was not kept";
  const pieces = missing.length === 1 ? "a piece" : `${missing.length} pieces`;
  return `the registry has collected ${pieces} of it, which nothing else has: ${missing.join(", ")}`;
}

/** What of an image that is back is not as it was, a sentence each. */
export function notAsBefore(
  { taken, refused, missing }: Exclude<Rebuilt, { kind: "collected" }>,
  id: string,
): readonly string[] {
  return [
    ...taken.map(
      ({ reference, by }) =>
        `${familiarName(reference)} means ${by} by now and was left to it; this one is ${id}`,
    ),
    ...refused.map(
      ({ reference, detail }) =>
        `the registry does not give it the name ${familiarName(reference)}: ${detail}`,
    ),
    ...missing.map((digest) => `${digest}, which was attached to it, is nowhere any more`),
  ];
}
