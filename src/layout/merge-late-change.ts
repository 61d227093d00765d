import type { JsonObject } from "../oci/json-object.ts";
import type { IndexFile } from "./index-file.ts";

/** The entries of `current` with what another program did to `before` by writing `late`: added, and taken out. */
export function mergeLateChange(
  current: IndexFile,
  before: IndexFile,
  late: IndexFile,
): readonly JsonObject[] {
  const textsBefore = new Set(textsOf(before));
  const textsLate = new Set(textsOf(late));
  const textsCurrent = new Set(textsOf(current));
  const kept = current.entries.filter(({ source }) => {
    const text = JSON.stringify(source);
    return textsLate.has(text) || !textsBefore.has(text);
  });
  const added = late.entries.filter(({ source }) => {
    const text = JSON.stringify(source);
    return !textsBefore.has(text) && !textsCurrent.has(text);
  });
  return [...kept, ...added].map(({ source }) => source);
}

function textsOf({ entries }: IndexFile): readonly string[] {
  return entries.map(({ source }) => JSON.stringify(source));
}
