import { chown, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { indexPath, readIndexFile, readIndexText, type IndexFile } from "./index-file.ts";
import type { JsonObject } from "../oci/json-object.ts";
import { LayoutError, toLayoutError } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";

const DRAFT_FILE = ".index.json.plimsoll";
const MAX_ATTEMPTS = 8;

/**
 * Replaces the entries of index.json by what `change` makes of them; the same list means nothing to do. Atomic and
 * durable when it returns. Whatever another program wrote meanwhile is read again before it is replaced, so `change` may
 * be called several times. Only under the write lock.
 */
export async function rewriteIndex(
  root: string,
  change: (index: IndexFile) => readonly JsonObject[] | Promise<readonly JsonObject[]>,
): Promise<void> {
  const file = indexPath(root);
  const draft = join(root, DRAFT_FILE);
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const index = await readIndexFile(root);
      const manifests = await change(index);
      if (isSameList(manifests, index)) return;
      await writeDraft(
        draft,
        file,
        JSON.stringify({ ...index.document, manifests }, undefined, indentOf(index.text)),
      );
      if ((await readIndexText(root)) !== index.text) continue;
      await rename(draft, file);
      await syncDirectory(root);
      return;
    }
  } catch (error) {
    throw toLayoutError(error, file);
  } finally {
    await rm(draft, { force: true });
  }
  throw new LayoutError("changing", {
    file,
    detail: `other programs changed it during each of ${MAX_ATTEMPTS} attempts to rewrite it`,
    hint: "Try again when nothing else writes this layout.",
  });
}

function isSameList(manifests: readonly JsonObject[], { entries }: IndexFile): boolean {
  return (
    manifests.length === entries.length &&
    manifests.every((source, at) => source === entries[at]?.source)
  );
}

/** The indentation of the first member, so that a file kept for people to read stays so. */
function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? "";
}

/** Writes the draft with the owner and rights of the file that it is to replace. */
async function writeDraft(draft: string, file: string, text: string): Promise<void> {
  await rm(draft, { force: true });
  const { mode, uid, gid } = await stat(file);
  const handle = await open(draft, CREATE_NEW, 0o600);
  try {
    await handle.writeFile(text);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (process.geteuid?.() === 0) await chown(draft, uid, gid);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
