import { createHash } from "node:crypto";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";

import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { findEncrypted } from "./encrypted-files.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";
import { READ_NO_LINK } from "./open-flags.ts";

/** Larger than any manifest or configuration in the wild; registries refuse manifests above 4 MiB. */
const MAX_DOCUMENT_BYTES = 32 * 2 ** 20;
/** What `stat` counts blocks in, whatever the file system's own block is. */
const BLOCK_BYTES = 512;

/** A blob as the file system has it. */
export interface BlobFile {
  /** Of its content. */
  readonly sizeBytes: number;
  /** Of its file, which is larger where the content is encrypted. */
  readonly storedBytes: number;
  readonly diskBytes: number;
  readonly modifiedAtMs: number;
  /** Names of the file in the file system; its space is free when the last one goes. */
  readonly hardLinks: number;
}

export function blobPath(root: string, digest: Digest): string {
  const colon = digest.indexOf(":");
  return join(root, "blobs", digest.slice(0, colon), digest.slice(colon + 1));
}

/** The file of a blob; undefined when there is none. A symbolic link is none: it may lead anywhere. */
export async function findBlob(root: string, digest: Digest): Promise<BlobFile | undefined> {
  const path = blobPath(root, digest);
  try {
    const stat = await lstat(path);
    if (!stat.isFile()) return findEncryptedBlob(root, digest);
    return {
      sizeBytes: stat.size,
      storedBytes: stat.size,
      diskBytes: stat.blocks * BLOCK_BYTES,
      modifiedAtMs: stat.mtimeMs,
      hardLinks: stat.nlink,
    };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG")
      return findEncryptedBlob(root, digest);
    throw toLayoutError(error, path);
  }
}

function findEncryptedBlob(root: string, digest: Digest): BlobFile | undefined {
  const file = findEncrypted(root, digest);
  if (file === undefined) return undefined;
  const { contentBytes, ...found } = file;
  return { ...found, sizeBytes: contentBytes ?? found.storedBytes, hardLinks: 1 };
}

/** What became of reading a document: its content, or why there is none. `not-json`: intact, but something else. */
export type ReadDocument =
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "missing" | "unreadable" | "not-json"; readonly detail: string };

/** Reads a JSON blob and checks it against its digest. */
export async function readDocument(root: string, digest: Digest): Promise<ReadDocument> {
  const unreadable = (detail: string): ReadDocument => ({
    kind: "unreadable",
    detail: `blob ${digest} ${detail}`,
  });
  if (!isVerifiableDigest(digest))
    return unreadable("cannot be checked: its algorithm is not supported");
  const content = await readBlob(root, digest);
  if (content === undefined) {
    // Manifests and indexes never are: a bin can be looked through without an identity.
    return findEncrypted(root, digest) === undefined
      ? { kind: "missing", detail: `blob ${digest} is missing` }
      : { kind: "not-json", detail: `blob ${digest} is encrypted` };
  }
  if (content === "too-large") return unreadable("is too large for a manifest or configuration");
  if (content instanceof LayoutError) return unreadable(`cannot be read: ${content.detail}`);
  const algorithm = digest.slice(0, digest.indexOf(":"));
  if (createHash(algorithm).update(content).digest("hex") !== digest.slice(algorithm.length + 1)) {
    return unreadable("does not have the content that its name says");
  }
  try {
    return { kind: "read", value: JSON.parse(content.toString("utf8")) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "not-json", detail: `blob ${digest} is not JSON: ${error.message}` };
  }
}

async function readBlob(
  root: string,
  digest: Digest,
): Promise<Buffer | LayoutError | "too-large" | undefined> {
  const path = blobPath(root, digest);
  try {
    const file = await open(path, READ_NO_LINK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return undefined;
      return stat.size > MAX_DOCUMENT_BYTES ? "too-large" : await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    const layoutError = toLayoutError(error, path);
    if (layoutError instanceof LayoutError) return layoutError;
    throw layoutError;
  }
}
