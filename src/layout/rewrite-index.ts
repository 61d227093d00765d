import { chown, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { JsonObject } from "../oci/json-object.ts";
import { syncDirectory } from "./durable-directory.ts";
import { indexPath, parseIndexFile, readIndexFile, type IndexFile } from "./index-file.ts";
import { LayoutError, toLayoutError } from "./layout-error.ts";
import { mergeLateChange } from "./merge-late-change.ts";
import { CREATE_NEW, READ_NO_LINK } from "./open-flags.ts";

export const DRAFT_FILE = ".index.json.plimsoll";
const MAX_ATTEMPTS = 8;
/** A program that had opened the old file to write it in place does so at once. */
const LATE_WRITE_MS = 10;
const MAX_LATE_WRITE_MS = 1000;

/**
 * Replaces the entries of index.json by what `change` makes of them; the same list means nothing to do. Atomic and
 * durable when it returns. Whatever another program wrote meanwhile is read again before it is replaced, so `change` may
 * be called several times. Only under the write lock.
 */
export async function rewriteIndex(
  root: string,
  change: (index: IndexFile) => readonly JsonObject[],
): Promise<void> {
  const file = indexPath(root);
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const index = await readIndexFile(root);
      const manifests = change(index);
      if (isSameList(manifests, index)) return;
      const late = await replaceUnchanged(root, index, manifests);
      if (late === "changed") continue;
      if (late === undefined) return;
      change = (current) => mergeLateChange(current, index, late);
    }
  } catch (error) {
    throw toLayoutError(error, file);
  }
  throw new LayoutError("changing", {
    file,
    detail: `other programs changed it during each of ${MAX_ATTEMPTS} attempts to rewrite it`,
    hint: "Try again when nothing else writes this layout.",
  });
}

/**
 * Puts a new file in the place of index.json, unless that has changed. Some programs write in place: one that opened the
 * old file just before the rename writes into a file that has no name any more. That is what is answered then.
 */
async function replaceUnchanged(
  root: string,
  index: IndexFile,
  manifests: readonly JsonObject[],
): Promise<IndexFile | "changed" | undefined> {
  const file = indexPath(root);
  const draft = join(root, DRAFT_FILE);
  const text = JSON.stringify({ ...index.document, manifests }, undefined, indentOf(index.text));
  const old = await open(file, READ_NO_LINK);
  try {
    await writeDraft(draft, old, text);
    if (!(await isUnchanged(file, old, index))) return "changed";
    await rename(draft, file);
    await syncDirectory(root);
    return await readLateWrite(old, index, file);
  } finally {
    await old.close();
    await rm(draft, { force: true });
  }
}

/** False when another program has written into the file, or put another one in its place. */
async function isUnchanged(file: string, old: FileHandle, index: IndexFile): Promise<boolean> {
  if ((await readFromStart(old)) !== index.text) return false;
  const [atPath, opened] = await Promise.all([stat(file), old.stat()]);
  return atPath.ino === opened.ino && atPath.dev === opened.dev;
}

async function readLateWrite(
  old: FileHandle,
  index: IndexFile,
  file: string,
): Promise<IndexFile | undefined> {
  await sleep(LATE_WRITE_MS);
  for (const startedAt = performance.now(); ;) {
    const text = await readFromStart(old);
    if (text === index.text) return undefined;
    try {
      return parseIndexFile(file, text);
    } catch (error) {
      // It is being written at this moment.
      if (performance.now() - startedAt > MAX_LATE_WRITE_MS) throw error;
    }
    await sleep(LATE_WRITE_MS);
  }
}

/** Reads the whole of an open file again, whatever was read of it before. */
async function readFromStart(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return buffer.toString("utf8", 0, bytesRead);
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
async function writeDraft(draft: string, old: FileHandle, text: string): Promise<void> {
  await rm(draft, { force: true });
  const { mode, uid, gid } = await old.stat();
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
