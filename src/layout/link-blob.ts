import { randomUUID } from "node:crypto";
import { link, lstat, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { discardDraft, UNFINISHED_PREFIX } from "./blob-draft.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { makeDirectory, syncDirectory, syncFile } from "./durable-directory.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";
import { readChecked } from "./read-blob.ts";
import type { WrittenBlob } from "./write-blob.ts";

/** Another file system, links that it does not know, or too many of them. */
const CANNOT_LINK: ReadonlySet<string> = new Set(["EXDEV", "EPERM", "ENOTSUP", "EMLINK", "EACCES"]);

/**
 * Gives a file another name in the layout instead of copying it, once it is read and found to be what `digest` says.
 * Undefined where that cannot be: on another file system, or where somebody else, who could change it later, owns it.
 */
export async function linkBlob(
  root: string,
  file: string,
  digest: Digest,
): Promise<WrittenBlob | undefined> {
  const path = blobPath(root, digest);
  const draft = join(dirname(path), `${UNFINISHED_PREFIX}${randomUUID()}`);
  try {
    const { uid, size } = await lstat(file);
    if (uid !== process.geteuid?.()) return undefined;
    await makeDirectory(dirname(path));
    if (!(await linked(file, draft))) return undefined;
    for await (const chunk of readChecked(draft, digest)) void chunk.byteLength;
    await syncFile(draft);
    const there = await findBlob(root, digest);
    await rename(draft, path);
    await syncDirectory(dirname(path));
    return { digest, sizeBytes: size, addedBytes: Math.max(0, size - (there?.sizeBytes ?? 0)) };
  } catch (error) {
    throw toLayoutError(error, file);
  } finally {
    await discardDraft(draft);
  }
}

async function linked(file: string, draft: string): Promise<boolean> {
  try {
    await link(file, draft);
    return true;
  } catch (error) {
    if (CANNOT_LINK.has(systemErrorCode(error) ?? "")) return false;
    throw error;
  }
}
