import type { Digest } from "../oci/digest.ts";
import { isJsonObject } from "../oci/json-object.ts";
import type { Removal } from "../ports/image-remover.ts";
import { NAME_ANNOTATIONS, readEntryName } from "./entry-name.ts";
import type { EntryRemoval } from "./entry-removals.ts";
import type { IndexEntry } from "./index-file.ts";
import { ownEntries } from "./recovery-records.ts";

/** Takes every entry of an image out, unless one has a name that the caller does not know of. */
export function decideDeletion(
  entries: readonly IndexEntry[],
  root: string,
  id: Digest,
  references: readonly string[],
): EntryRemoval {
  const own = ownEntries(entries).filter(({ descriptor }) => descriptor.digest === id);
  if (own.length === 0) return unchanged(entries, "gone", "index.json does not list it any more");
  for (const { descriptor } of own) {
    const { reference, unclear } = readEntryName(descriptor.annotations, root);
    const name = reference ?? unclear;
    if (name !== undefined && !references.includes(name)) {
      return unchanged(entries, "conflict", `it has the name ${name} now`);
    }
  }
  return { entries: entries.filter((entry) => !own.includes(entry)), removal: removed([id]) };
}

/**
 * Takes one name from an image. Its entry goes with the name, except the last: that one stays without a name, because
 * taking a name away must not delete content.
 */
export function decideUntag(
  entries: readonly IndexEntry[],
  root: string,
  reference: string,
  id: Digest,
): EntryRemoval {
  const hasName = ({ descriptor }: IndexEntry) =>
    readEntryName(descriptor.annotations, root).reference === reference;
  const own = ownEntries(entries).filter(({ descriptor }) => descriptor.digest === id);
  const named = own.filter(hasName);
  const [first] = named;
  if (first === undefined) {
    return entries.some(hasName)
      ? unchanged(entries, "conflict", `${reference} means another image now`)
      : unchanged(entries, "gone", `index.json does not have the name ${reference} any more`);
  }
  const isLast = named.length === own.length;
  const left = entries.flatMap((entry) => {
    if (!named.includes(entry)) return entry;
    return isLast && entry === first ? withoutName(entry) : [];
  });
  return { entries: left, removal: removed([]) };
}

function withoutName({ descriptor, source }: IndexEntry): IndexEntry {
  const annotations = withoutKeys(descriptor.annotations, NAME_ANNOTATIONS);
  const { annotations: sourceAnnotations, ...rest } = source;
  const kept = isJsonObject(sourceAnnotations)
    ? withoutKeys(sourceAnnotations, NAME_ANNOTATIONS)
    : {};
  return {
    descriptor: { ...descriptor, annotations },
    source: Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept },
  };
}

function withoutKeys<T>(
  fields: Readonly<Record<string, T>>,
  keys: readonly string[],
): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

function removed(deletedImages: readonly Digest[]): Removal {
  return { outcome: "removed", detail: "", deletedImages, deletedBlobs: [] };
}

function unchanged(
  entries: readonly IndexEntry[],
  outcome: "gone" | "conflict",
  detail: string,
): EntryRemoval {
  return { entries, removal: { outcome, detail, deletedImages: [], deletedBlobs: [] } };
}
