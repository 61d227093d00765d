import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { ENCRYPTED_FOLDER, encryptedName } from "./encrypted-files.ts";
import { hasPlainBlob } from "./has-blob.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";

/** The directories `<algorithm>` in one, each checked to be one: a link could lead out of the layout. */
async function algorithmDirectories(blobs: string): Promise<readonly string[]> {
  const algorithms: string[] = [];
  try {
    if ((await lstat(blobs)).isSymbolicLink()) throw linkedDirectory(blobs);
    for await (const entry of await opendir(blobs)) {
      if (entry.isSymbolicLink()) throw linkedDirectory(join(blobs, entry.name));
      if (entry.isDirectory()) algorithms.push(entry.name);
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw toLayoutError(error, blobs);
  }
  return algorithms.toSorted();
}

function linkedDirectory(file: string): LayoutError {
  return new LayoutError("symbolic-link", {
    file,
    detail: "it is a symbolic link, which is not followed: other layouts may use what it leads to",
    hint: "Put the directory itself there.",
  });
}

/** Refuses a layout whose directories of blobs are elsewhere. */
export async function checkBlobDirectories(root: string): Promise<void> {
  await algorithmDirectories(join(root, "blobs"));
}

/** Every blob whose name is a digest that content can be checked against, encrypted ones included, in no order. */
export async function* listBlobs(root: string): AsyncGenerator<Digest> {
  yield* listPlainBlobs(root);
  for await (const digest of listEncryptedBlobs(root))
    if (!hasPlainBlob(root, digest)) yield digest;
}

export function listPlainBlobs(root: string): AsyncGenerator<Digest> {
  return listDigests(join(root, "blobs"), (name) => name);
}

export function listEncryptedBlobs(root: string): AsyncGenerator<Digest> {
  return listDigests(join(root, ENCRYPTED_FOLDER), encryptedName);
}

async function* listDigests(
  folder: string,
  hexOf: (name: string) => string | undefined,
): AsyncGenerator<Digest> {
  for (const algorithm of await algorithmDirectories(folder)) {
    const directory = join(folder, algorithm);
    try {
      for await (const entry of await opendir(directory, { bufferSize: 512 })) {
        const hex = hexOf(entry.name);
        const digest = `${algorithm}:${hex ?? ""}`;
        if (entry.isFile() && isVerifiableDigest(digest)) yield digest;
      }
    } catch (error) {
      throw toLayoutError(error, directory);
    }
  }
}
