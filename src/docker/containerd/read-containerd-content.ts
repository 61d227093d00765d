import type { Digest } from "../../oci/digest.ts";
import { boundContent, type ContentStack } from "./containerd-content-bounds.ts";
import type { ImageFacts } from "../facts-book.ts";
import type { ListedImage } from "../read-image-list.ts";

/** An image that was looked at through the engine. */
export interface KnownImage {
  readonly listed: ListedImage;
  readonly facts: ImageFacts;
}

/** Layers that the same images stand on, sorted, and what their content takes at least. */
export interface LayerContent {
  readonly diffIds: readonly Digest[];
  readonly minBytes: number;
}

const DOCUMENTS = "documents of ";

/** What the compressed content of layers surely takes. */
export function boundLayers(known: readonly KnownImage[]): readonly LayerContent[] {
  return boundContent(known.flatMap(contentOf)).flatMap(({ units, minBytes }) =>
    units.some((unit) => unit.startsWith(DOCUMENTS))
      ? []
      : [{ diffIds: units.toSorted(), minBytes }],
  );
}

/** Manifest and configuration of an image, which BuildKit's history keeps when the image is gone. No more than that. */
const DOCUMENTS_BYTES = 32_768;

/** The same uncompressed layer may be the same blob. Documents are never counted as freed. */
function contentOf({ listed, facts }: KnownImage): readonly ContentStack[] {
  const present = listed.manifests.filter((manifest) => manifest.Available);
  const sizes = present.map((manifest) => manifest.Size?.Content ?? 0);
  const stated = facts.statedBytes ?? 0;
  const sum = sizes.reduce((total, bytes) => total + bytes, 0);
  const documents = `${DOCUMENTS}${listed.id}`;
  return [
    {
      units: [...(facts.diffIds ?? []), documents],
      minBytes: sizes.length > 0 ? Math.max(...sizes) : stated,
      maxBytes: Math.max(sum, stated),
    },
    { units: [documents], minBytes: 0, maxBytes: DOCUMENTS_BYTES },
  ];
}
