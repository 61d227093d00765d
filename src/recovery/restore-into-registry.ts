import { repositoryOf } from "../oci/reference.ts";
import type { ImageRebuilder, Rebuilt, WantedImage } from "../ports/image-rebuilder.ts";
import type { StoredContent } from "../ports/image-content.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { fetchParts } from "./fetch-parts.ts";
import { notAsBefore, sayCollected } from "./rebuild-image.ts";
import type { Restored } from "./restore-image.ts";

export interface IntoRegistryParts {
  /** The host by which its names begin. */
  readonly registry: string;
  readonly rebuilder: ImageRebuilder;
  readonly openLookup: () => Promise<RegistryLookup>;
  readonly bin: RecoveryBin;
}

/** Why an image does not come back into a registry. */
class NotRestoredError extends Error {
  override readonly name = "NotRestoredError";
  readonly kind = "not-restored";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const BY_ENGINE = "Give it back to an engine, or to a layout, and push it from there.";

/** Gives an image of the bin, wherever it was removed, to the repository of the registry whose name it had. */
export async function restoreIntoRegistry(
  entry: BinEntry,
  { registry, rebuilder, openLookup, bin }: IntoRegistryParts,
  signal: AbortSignal,
): Promise<Restored> {
  const { image, form } = entry;
  if (form.kind !== "manifest")
    throw new NotRestoredError(
      `${image.id} was put by as its engine knows it, without the manifest that a registry keeps`,
      BY_ENGINE,
    );
  const repository = repositoryIn(registry, image);
  if (repository === undefined)
    throw new NotRestoredError(`${image.id} had no name in ${registry}`, BY_ENGINE);
  const id = `${repository}@${form.root}`;
  const wanted: WantedImage = { id, references: image.references, children: [], alsoIn: {} };
  const openKept = async (): Promise<StoredContent> => {
    await fetchParts(entry, bin, openLookup, signal);
    return bin.contentOf(entry);
  };
  const rebuilt = await bin.whileHeld(() => rebuilder.rebuildImage(wanted, openKept, signal));
  return asRestored(image, wanted, rebuilt);
}

/** Rejects where it did not come back. */
export function asRestored(
  image: Restored["image"],
  wanted: WantedImage,
  rebuilt: Rebuilt,
): Restored {
  if (rebuilt.kind === "collected")
    throw new NotRestoredError(
      sayCollected(wanted, rebuilt.missing),
      "Whoever has the image still may push it again.",
    );
  const { references, given, taken } = rebuilt;
  return {
    image,
    id: wanted.id,
    wasThere: rebuilt.kind === "there",
    references,
    given,
    taken,
    lostRepoDigests: [],
    details: notAsBefore({ ...rebuilt, taken: [] }, wanted.id),
  };
}

function repositoryIn(
  registry: string,
  { repoDigests, references }: Pick<BinEntry["image"], "repoDigests" | "references">,
): string | undefined {
  const prefix = `${registry}/`;
  const name = [...references, ...repoDigests].find((each) => each.startsWith(prefix));
  return name === undefined ? undefined : repositoryOf(name).slice(prefix.length);
}
