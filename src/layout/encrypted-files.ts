import { closeSync, lstatSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { headerBytes } from "./age-header.ts";
import { contentBytes, PAYLOAD_NONCE_BYTES } from "./age-payload.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";
import { READ_NO_LINK } from "./open-flags.ts";

/** Beside `blobs`, where every file must be what its name says. */
export const ENCRYPTED_FOLDER = "encrypted";
const SUFFIX = ".age";
/** Behind the name of an encrypted blob: that of the file with its checksum. */
export const CHECKSUM_SUFFIX = ".sum";

/** What `stat` counts blocks in. */
const BLOCK_BYTES = 512;
/** One reading is enough for 40 recipients. */
const STEP_BYTES = 4096;
const MAX_HEADER_BYTES = 512 * 1024;

/** An encrypted blob as the file system has it. */
export interface EncryptedFile {
  readonly storedBytes: number;
  readonly diskBytes: number;
  readonly modifiedAtMs: number;
  /** Of the content; undefined where the file is cut off, or no age file. */
  readonly contentBytes: number | undefined;
}

/** An age file under the digest of what is in it. */
export function encryptedPath(root: string, digest: Digest): string {
  const colon = digest.indexOf(":");
  const name = `${digest.slice(colon + 1)}${SUFFIX}`;
  return join(root, ENCRYPTED_FOLDER, digest.slice(0, colon), name);
}

/** The hexadecimal digits in the name of an encrypted blob's file; undefined for other files. */
export function encryptedName(file: string): string | undefined {
  return file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined;
}

/** The name of the blob's file that a checksum belongs to; undefined for other files. */
export function checksummedName(file: string): string | undefined {
  return file.endsWith(CHECKSUM_SUFFIX) ? file.slice(0, -CHECKSUM_SUFFIX.length) : undefined;
}

/** Synchronous, as it is asked between two files of a stream: one look, and one short reading. */
export function findEncrypted(root: string, digest: Digest): EncryptedFile | undefined {
  const path = encryptedPath(root, digest);
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return undefined;
    const start = readStart(path);
    return {
      storedBytes: stat.size,
      diskBytes: stat.blocks * BLOCK_BYTES,
      modifiedAtMs: stat.mtimeMs,
      contentBytes: start && contentBytes(stat.size - start.header.byteLength),
    };
  } catch (error) {
    if (isAbsence(systemErrorCode(error))) return undefined;
    throw toLayoutError(error, path);
  }
}

/** Bytes that a blob takes: of its encrypted file, where it has one. */
export function storedBytesOf(root: string, digest: Digest, contentBytes: number): number {
  const path = encryptedPath(root, digest);
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.size ?? contentBytes;
  } catch (error) {
    if (isAbsence(systemErrorCode(error))) return contentBytes;
    throw toLayoutError(error, path);
  }
}

/** How an age file begins: its header, and the nonce of its payload. */
export interface EncryptedStart {
  readonly header: Buffer;
  readonly nonce: Buffer;
}

/** Undefined where the file does not begin so. */
export function readStart(path: string): EncryptedStart | undefined {
  const file = openSync(path, READ_NO_LINK);
  try {
    let start = Buffer.alloc(0);
    while (start.byteLength < MAX_HEADER_BYTES) {
      const more = Buffer.allocUnsafe(STEP_BYTES);
      const readBytes = readSync(file, more);
      start = Buffer.concat([start, more.subarray(0, readBytes)]);
      const endsAt = headerBytes(start);
      const nonce = start.subarray(endsAt, (endsAt ?? 0) + PAYLOAD_NONCE_BYTES);
      if (endsAt !== undefined && nonce.byteLength === PAYLOAD_NONCE_BYTES)
        return { header: start.subarray(0, endsAt), nonce };
      if (readBytes === 0) break;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Takes the encrypted form of a blob away. */
export async function removeEncrypted(root: string, digest: Digest): Promise<void> {
  const path = encryptedPath(root, digest);
  try {
    await rm(path, { force: true });
    await rm(`${path}${CHECKSUM_SUFFIX}`, { force: true });
  } catch (error) {
    throw toLayoutError(error, path);
  }
}

function isAbsence(code: string | undefined): boolean {
  return code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG";
}
