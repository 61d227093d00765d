import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { PassThrough, type Transform } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { constants, createZstdCompress } from "node:zlib";

import type { Digest } from "../oci/digest.ts";
import { LayoutError } from "./layout-error.ts";
import { mismatch } from "./content-hash.ts";
import type { WrittenBlob } from "./write-blob.ts";

/** As `zstd -3`, its default: half the bytes of a file system at the speed of a disk. */
const LEVEL = 3;
/** Each goes to another thread and back. */
const CHUNK_BYTES = 1024 * 1024;
const AHEAD_BYTES = 4 * 2 ** 20;

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
  const compressor = createZstdCompress({
    chunkSize: CHUNK_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
  });
  // While a thread compresses some chunks, the next ones are read and hashed.
  const ahead = new PassThrough({ highWaterMark: AHEAD_BYTES });
  const out = new PassThrough({ highWaterMark: AHEAD_BYTES });
  const reading = pipeline(
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
    (source: AsyncIterable<Uint8Array>) => feed(compressor, source),
  );
  const compressing = pipeline(compressor, out);
  const [written, read, compressed] = await Promise.allSettled([write(out), reading, compressing]);
  // Each ends the others, which then only say that they were ended.
  if (written.status === "rejected" && written.reason instanceof LayoutError) throw written.reason;
  if (read.status === "rejected") throw read.reason;
  if (compressed.status === "rejected") throw compressed.reason;
  if (written.status === "rejected") throw written.reason;
  return { blob: written.value, diffId, sizeBytes };
}

/** The end comes after all else is compressed: where it came with the last chunk, the last block would be another. */
async function feed(compressor: Transform, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of chunks)
      await new Promise<void>((resolve, reject) => {
        compressor.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    compressor.end();
  } catch (error) {
    compressor.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
