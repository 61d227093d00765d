import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { Digest } from "../oci/digest.ts";
import { decryptChunks, PAYLOAD_NONCE_BYTES, PayloadDamage, payloadKey } from "./age-payload.ts";
import { BinKeys } from "./bin-keys.ts";
import {
  CHECKSUM_SUFFIX,
  encryptedPath,
  readStart,
  type EncryptedStart,
} from "./encrypted-files.ts";
import { damaged } from "./damaged-blob.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";
import { readFileFrom } from "./read-file.ts";

/** Reads the content of an encrypted blob. Only to whoever reads on to its end it is all; digests are for the caller. */
export async function* readEncrypted(
  root: string,
  digest: Digest,
  keys: BinKeys = new BinKeys(root),
): AsyncGenerator<Uint8Array> {
  const path = encryptedPath(root, digest);
  try {
    const { header, nonce } = startOf(path, digest);
    const key = payloadKey(await keys.open(header, digest), nonce);
    yield* decryptChunks(readFileFrom(path, header.byteLength + PAYLOAD_NONCE_BYTES), key);
  } catch (error) {
    if (error instanceof PayloadDamage) throw damaged(digest, error.message, error);
    throw toLayoutError(error, path);
  }
}

/** Rejects where the identity does not open a blob, or the blob does not even begin as it was written. */
export async function checkOpens(root: string, digest: Digest, keys: BinKeys): Promise<void> {
  const path = encryptedPath(root, digest);
  try {
    await keys.open(startOf(path, digest).header, digest);
  } catch (error) {
    if (!(error instanceof LayoutError) || error.kind !== "locked" || !keys.hasIdentity)
      throw toLayoutError(error, path);
    // A damaged header looks like one that is for somebody else.
    const { signal } = new AbortController();
    const damage = await encryptedDamageOf(root, digest, signal, () => undefined);
    throw damage === undefined ? error : damaged(digest, damage);
  }
}

function startOf(path: string, digest: Digest): EncryptedStart {
  const start = readStart(path);
  if (start === undefined) throw damaged(digest, "its encrypted file does not begin as one");
  return start;
}

/**
 * Reads an encrypted blob without opening it, and answers what is wrong with it: it is held against the checksum that was
 * written with it. That shows damage, and not what somebody has put there on purpose.
 */
export async function encryptedDamageOf(
  root: string,
  digest: Digest,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string | undefined> {
  const path = encryptedPath(root, digest);
  const hash = createHash("sha256");
  try {
    for await (const chunk of readFileFrom(path)) {
      signal.throwIfAborted();
      hash.update(chunk);
      onBytes(chunk.byteLength);
    }
    const sums = await readChecksums(path);
    if (sums.length === 0) return "its checksum is missing";
    return sums.includes(hash.digest("hex")) ? undefined : "its encrypted file was changed";
  } catch (error) {
    const failure = toLayoutError(error, path);
    if (failure instanceof LayoutError) return failure.detail;
    throw failure;
  }
}

/** Of an encrypted blob's file: the one that it was written with, and maybe that of one which it has replaced. */
export async function readChecksums(path: string): Promise<readonly string[]> {
  try {
    const text = await readFile(`${path}${CHECKSUM_SUFFIX}`, "utf8");
    return text.match(/^[0-9a-f]{64}/gm) ?? [];
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}
