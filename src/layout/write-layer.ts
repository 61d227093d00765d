import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { constants, createZstdCompress } from "node:zlib";

import type { Digest } from "../oci/digest.ts";
import { mismatch } from "./content-hash.ts";
import type { WrittenBlob } from "./write-blob.ts";

/** As `zstd -3`, its default: half the bytes of a file system at the speed of a disk. */
const LEVEL = 3;
/** Each goes to another thread and back. */
const CHUNK_BYTES = 1024 * 1024;
const AHEAD_BYTES = 4 * 2 ** 20;
const COMPRESSION = {
  chunkSize: CHUNK_BYTES,
  params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
  /**
   * Nothing waits in front of it, so that the end comes after all else is compressed: where it came with the last chunk,
   * the last block would be another.
   */
  writableHighWaterMark: 1,
};

export interface WrittenLayer {
  /** The compressed blob. */
  readonly blob: WrittenBlob;
  readonly diffId: Digest;
  /** Of the tar. */
  readonly sizeBytes: number;
}

/** Puts content where a blob belongs. */
export type BlobWrite = (chunks: AsyncIterable<Uint8Array>) => Promise<WrittenBlob>;

/**
 * Writes the uncompressed tar of a layer as a zstd blob, named only where the tar is what `expected` says; memory stays
 * bounded whatever its size. However the tar comes, it gives the same blob: one that is damaged is mended by writing it
 * again.
 */
export async function writeLayer(
  write: BlobWrite,
  chunks: AsyncIterable<Uint8Array>,
  expected?: Digest,
): Promise<WrittenLayer> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let diffId: Digest = "";
  const compressor = createZstdCompress(COMPRESSION);
  // While a thread compresses some chunks, the next ones are read and hashed.
  const ahead = new PassThrough({ highWaterMark: AHEAD_BYTES });
  const out = new PassThrough({ highWaterMark: AHEAD_BYTES });
  const compressing = pipeline(
    chunks,
    async function* count(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
        yield chunk;
        // Chunks that are at hand would else all be hashed first, while the thread that compresses waits for one.
        await setImmediate();
      }
      diffId = `sha256:${hash.digest("hex")}`;
      if (expected !== undefined && diffId !== expected) throw mismatch(expected, diffId);
    },
    ahead,
    // One by one, as the compressor has done with them: a stream would hand over its end with the last.
    async function* inTurn(source: AsyncIterable<Uint8Array>) {
      yield* source;
    },
    compressor,
    out,
  );
  const [written, compressed] = await Promise.allSettled([writeOrEnd(write, out), compressing]);
  // What goes wrong before it ends it too, and by the same error; what goes wrong there ends what is before.
  if (written.status === "rejected") throw written.reason;
  if (compressed.status === "rejected") throw compressed.reason;
  return { blob: written.value, diffId, sizeBytes };
}

/** Where writing fails, nobody waits for `packed` to be read: it may have failed before it began to read. */
async function writeOrEnd(write: BlobWrite, packed: PassThrough): Promise<WrittenBlob> {
  try {
    return await write(packed);
  } finally {
    packed.destroy();
  }
}
