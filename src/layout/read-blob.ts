import { createHash } from "node:crypto";
import { createZstdDecompress } from "node:zlib";
import { Readable } from "node:stream";

import type { Digest } from "../oci/digest.ts";
import type { BinKeys } from "./bin-keys.ts";
import { blobPath } from "./blob-files.ts";
import { isEncryptedOnly } from "./has-blob.ts";
import { damaged } from "./damaged-blob.ts";
import { LayoutError, toLayoutError } from "./layout-error.ts";
import { readEncrypted } from "./read-encrypted.ts";
import { CHUNK_BYTES, readFileFrom } from "./read-file.ts";

/** Where a piece of content is, and what of it must agree. */
export interface StoredBlob {
  /** The blob's own digest, which is its file's name. */
  readonly digest: Digest;
  /** Set for a layer that is stored as zstd: the digest of its uncompressed tar. */
  readonly unpacked?: Digest;
}

/**
 * Reads content back. The last bytes come only after all of them agree with their digest, so that nobody can take damaged
 * content for whole: it throws instead. What is encrypted needs the bin's keys.
 */
export async function* readBlob(
  root: string,
  { digest, unpacked }: StoredBlob,
  keys?: BinKeys,
): AsyncGenerator<Uint8Array> {
  const path = blobPath(root, digest);
  const stored = isEncryptedOnly(root, digest)
    ? readEncrypted(root, digest, keys)
    : readFileFrom(path);
  try {
    if (unpacked === undefined) {
      yield* checked(stored, digest, digest);
    } else {
      // The digest of what comes out tells of damage to what goes in: hashing that as well takes a tenth of a restore.
      yield* checked(unpack(Readable.from(stored), digest), unpacked, digest);
    }
  } catch (error) {
    throw toLayoutError(error, path);
  }
}

/** Reads a file whose content must have this digest; its last bytes come only when that agrees. */
export function readChecked(path: string, digest: Digest): AsyncGenerator<Uint8Array> {
  return checked(readFileFrom(path), digest, digest);
}

async function* unpack(compressed: Readable, digest: Digest): AsyncGenerator<Uint8Array> {
  const unpacked = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  compressed.once("error", (error) => unpacked.destroy(error));
  try {
    for await (const chunk of compressed.pipe(unpacked)) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof LayoutError) throw error;
    throw damaged(digest, error instanceof Error ? error.message : String(error), error);
  } finally {
    compressed.destroy();
  }
}

/** Gives the chunks on, one behind, so that the last one waits for the digest of all. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  expected: Digest,
  blob: Digest,
): AsyncGenerator<Uint8Array> {
  const algorithm = expected.slice(0, expected.indexOf(":"));
  const hash = createHash(algorithm);
  let last: Uint8Array | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (last !== undefined) yield last;
    last = chunk;
  }
  const found = `${algorithm}:${hash.digest("hex")}`;
  if (found !== expected) throw damaged(blob, `its content has the digest ${found}`);
  if (last !== undefined) yield last;
}
