import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { systemErrorCode, toLayoutError } from "./layout-error.ts";
import { indexPath } from "./index-file.ts";
import { CREATE_NEW } from "./open-flags.ts";
import { syncDirectory } from "./write-blob.ts";

const MARKER = JSON.stringify({ imageLayoutVersion: "1.0.0" });
const EMPTY_INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
});

/**
 * Makes an empty image layout, readable by its owner only, where none is; leaves alone what is there. The marker comes last:
 * a directory without it is no layout yet.
 */
export async function createLayout(directory: string): Promise<void> {
  try {
    await mkdir(join(directory, "blobs", "sha256"), { recursive: true, mode: 0o700 });
    await writeNew(indexPath(directory), EMPTY_INDEX);
    await writeNew(join(directory, "oci-layout"), MARKER);
    await syncDirectory(directory);
  } catch (error) {
    throw toLayoutError(error, directory);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    const there = await open(path, "r");
    await there.close();
    return;
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
  await rm(draft, { force: true });
  const file = await open(draft, CREATE_NEW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
