import { contentDigest } from "../oci/digest.ts";
import { isJsonObject } from "../oci/json-object.ts";
import type { Action } from "../plan/plan.ts";
import type { WantedImage } from "../ports/image-rebuilder.ts";
import type { RemovedRecord } from "../ports/removed-record.ts";

/** The image of a registry that an action has removed or taken a name from, with its manifest where that was written down. */
export function wantedImage(
  { subject, imageId, references }: Pick<Action, "subject" | "imageId" | "references">,
  record: RemovedRecord | undefined,
): WantedImage {
  const recorded = record && recordedImage(record);
  return recorded ?? { id: imageId ?? subject, references, children: [], alsoIn: {} };
}

/** Undefined for a record without a manifest. */
export function recordedImage({ kind, id, description }: RemovedRecord): WantedImage | undefined {
  const { manifest, references, children, alsoIn } = description;
  if (kind !== "image" || !isJsonObject(manifest)) return undefined;
  const { mediaType, text } = manifest;
  if (typeof mediaType !== "string" || typeof text !== "string") return undefined;
  return {
    id,
    references: texts(references),
    document: { mediaType, text },
    children: texts(children).map(contentDigest),
    alsoIn: isJsonObject(alsoIn)
      ? Object.fromEntries(Object.entries(alsoIn).map(([blob, names]) => [blob, texts(names)]))
      : {},
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
