import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { encryptChunks, PAYLOAD_NONCE_BYTES, payloadKey } from "./age-payload.ts";
import type { BinKeys } from "./bin-keys.ts";
import { discardDraft, nameDraft, writeDraft } from "./blob-draft.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { algorithmOf, hashContent, mismatch } from "./content-hash.ts";
import {
  CHECKSUM_SUFFIX,
  ENCRYPTED_FOLDER,
  encryptedPath,
  removeEncrypted,
} from "./encrypted-files.ts";
import { toLayoutError } from "./layout-error.ts";
import { readChecksums } from "./read-encrypted.ts";
import { sniffDocument } from "./sniff-document.ts";
import { writeBlob, type WrittenBlob } from "./write-blob.ts";
import { withWriteLock } from "./write-lock.ts";

/** The file's own, and those of files that it was to replace when something crashed. */
const MAX_CHECKSUMS = 3;

/**
 * Writes a blob of a bin: encrypted where that has recipients, but for manifests and indexes, which hold digests and sizes.
 * Checked and on disk as `writeBlob` has it; the same content in the other form goes then.
 */
export async function writeBinBlob(
  root: string,
  keys: BinKeys,
  chunks: AsyncIterable<Uint8Array>,
  expected?: Digest,
): Promise<WrittenBlob> {
  const sniffed = keys.encrypts ? await sniffDocument(chunks) : undefined;
  if (sniffed === undefined || sniffed.isManifest) {
    const written = await writeBlob(root, sniffed?.chunks ?? chunks, expected);
    await removeEncrypted(root, written.digest);
    return written;
  }
  const written = await writeEncrypted(root, keys, sniffed.chunks, expected);
  await removePlain(root, written.digest);
  return written;
}

async function removePlain(root: string, digest: Digest): Promise<void> {
  const path = blobPath(root, digest);
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw toLayoutError(error, path);
  }
}

async function writeEncrypted(
  root: string,
  keys: BinKeys,
  chunks: AsyncIterable<Uint8Array>,
  expected: Digest | undefined,
): Promise<WrittenBlob> {
  const { header, fileKey } = await keys.newHeader();
  const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
  const content = hashContent(chunks, expected);
  async function* file(): AsyncGenerator<Uint8Array> {
    yield Buffer.concat([header, nonce]);
    yield* encryptChunks(content.chunks, payloadKey(fileKey, nonce));
  }
  const directory = join(root, ENCRYPTED_FOLDER, algorithmOf(expected));
  const draft = await writeDraft(directory, file());
  try {
    const digest = content.digest();
    if (expected !== undefined && digest !== expected) throw mismatch(expected, digest);
    const there = await findBlob(root, digest);
    const path = encryptedPath(root, digest);
    // Another process may be writing the same content: each file is another one, with a checksum of its own.
    await withWriteLock(root, async () => {
      await writeChecksum(path, draft.sha256);
      await nameDraft(draft, path);
    });
    const addedBytes = Math.max(0, draft.sizeBytes - (there?.storedBytes ?? 0));
    return { digest, sizeBytes: content.sizeBytes(), addedBytes };
  } catch (error) {
    await discardDraft(draft.path);
    throw toLayoutError(error, draft.path);
  }
}

/** Before the file gets its name, so that it never lacks one; that of a file which it replaces stays beside it. */
async function writeChecksum(path: string, sha256: string): Promise<void> {
  const sums = [sha256, ...(await readChecksums(path))].slice(0, MAX_CHECKSUMS);
  const text = sums.map((sum) => `${sum}  ${basename(path)}\n`).join("");
  const draft = await writeDraft(dirname(path), oneChunk(Buffer.from(text)));
  await nameDraft(draft, `${path}${CHECKSUM_SUFFIX}`);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
