import { open, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { makeDirectory, syncAbove, syncDirectory } from "./durable-directory.ts";
import { indexPath } from "./index-file.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";
import { LOCK_FILE, withWriteLock } from "./write-lock.ts";

const MARKER_FILE = "oci-layout";
const MARKER = JSON.stringify({ imageLayoutVersion: "1.0.0" });
const EMPTY_INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
});
const DRAFT_SUFFIX = ".new";

/** What may stand where a layout is made: the mark of a file system's root, and what a crash on the way has left. */
const HARMLESS: ReadonlySet<string> = new Set([
  "lost+found",
  "blobs",
  "index.json",
  `index.json${DRAFT_SUFFIX}`,
  `${MARKER_FILE}${DRAFT_SUFFIX}`,
  LOCK_FILE,
]);

/**
 * Makes an empty image layout, readable by its owner only, where none is; leaves alone what is there, and refuses a
 * directory that is full of something else. The marker comes last: a directory without it is no layout yet.
 */
export async function createLayout(directory: string): Promise<void> {
  try {
    if (await isLayout(directory)) return;
    await makeDirectory(directory);
    // Two processes at once: the slower one must not put an empty index over the other's first image.
    await withWriteLock(directory, () => writeLayout(directory));
  } catch (error) {
    throw toLayoutError(error, directory);
  }
}

/** False where one can be made; throws where a directory is full of something else. */
export async function isLayout(directory: string): Promise<boolean> {
  try {
    const names = await namesIn(directory);
    refuseForeign(directory, names);
    return names.includes(MARKER_FILE);
  } catch (error) {
    throw toLayoutError(error, directory);
  }
}

async function writeLayout(directory: string): Promise<void> {
  const names = await namesIn(directory);
  if (names.includes(MARKER_FILE)) return;
  await makeDirectory(join(directory, "blobs", "sha256"));
  // A process that has died may have made the directory, and not come to sync its name.
  await syncAbove(resolve(directory));
  if (!names.includes("index.json")) await writeFile(indexPath(directory), EMPTY_INDEX);
  await writeFile(join(directory, MARKER_FILE), MARKER);
  await syncDirectory(directory);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function refuseForeign(directory: string, names: readonly string[]): void {
  const foreign = names.find((name) => !HARMLESS.has(name));
  if (foreign === undefined || names.includes(MARKER_FILE)) return;
  throw new LayoutError("not-a-layout", {
    file: directory,
    detail: `it holds other files (${JSON.stringify(foreign)}) and no image layout`,
    hint: "Give an empty directory, or one that does not exist yet.",
  });
}

async function writeFile(path: string, text: string): Promise<void> {
  const draft = `${path}${DRAFT_SUFFIX}`;
  await rm(draft, { force: true });
  const file = await open(draft, CREATE_NEW, 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
