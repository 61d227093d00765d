import { stat } from "node:fs/promises";

import type { Digest } from "../oci/digest.ts";
import { readEntryName } from "./entry-name.ts";
import { indexPath, readIndexFile, type IndexEntry } from "./index-file.ts";
import { toLayoutError } from "./layout-error.ts";
import { ownEntries } from "./recovery-records.ts";

/** What index.json says of the layout's own images at one moment, ready for questions about single ones. */
export interface IndexView {
  readonly root: string;
  entriesOf(id: Digest): readonly IndexEntry[];
  /** Where a normalised name points; the first entry counts, as it does for other readers. */
  digestOf(reference: string): Digest | undefined;
}

/**
 * Answers what index.json says now. Hundreds of images are looked at one by one before they are removed, so the file is
 * parsed again only when it has changed: a rewrite in place alters its time, a replacement its inode.
 */
export function createIndexView(openRoot: () => Promise<string>): () => Promise<IndexView> {
  let known: { readonly version: string; readonly view: Promise<IndexView> } | undefined;

  return async () => {
    const root = await openRoot();
    const version = await indexVersion(root);
    // The promise is kept, so that questions asked together share one reading.
    if (known?.version !== version) known = { version, view: readView(root) };
    return known.view;
  };
}

/** Changes with every change of index.json. */
export async function indexVersion(root: string): Promise<string> {
  const file = indexPath(root);
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    throw toLayoutError(error, file);
  }
}

async function readView(root: string): Promise<IndexView> {
  const { entries } = await readIndexFile(root);
  const entriesById = new Map<Digest, IndexEntry[]>();
  const idByReference = new Map<string, Digest>();
  for (const entry of ownEntries(entries)) {
    const { digest, annotations } = entry.descriptor;
    entriesById.set(digest, [...(entriesById.get(digest) ?? []), entry]);
    const { reference } = readEntryName(annotations, root);
    if (reference !== undefined && !idByReference.has(reference))
      idByReference.set(reference, digest);
  }
  return {
    root,
    entriesOf: (id) => entriesById.get(id) ?? [],
    digestOf: (reference) => idByReference.get(reference),
  };
}
