import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { digestOf, noise } from "../../test/fixtures/bin-images.ts";
import type { Digest } from "../oci/digest.ts";
import { writeLayer, type BlobWrite } from "./write-layer.ts";

async function packedDigest(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const pieces: Uint8Array[] = [];
  const { blob } = await writeLayer(async (packed) => {
    for await (const piece of packed) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    return { digest: digestOf(bytes), sizeBytes: bytes.length, addedBytes: bytes.length };
  }, chunks);
  return blob.digest;
}

test.each([0, 500, 100_000, 2 ** 17, 2_000_000])(
  "a tar of %i bytes gives the same blob at whatever pace and in whatever pieces it comes",
  async (sizeBytes) => {
    const tar = noise("tar", sizeBytes);
    async function* inPieces(pieceBytes: readonly number[], pauseMs?: number) {
      let at = 0;
      for (const size of [...pieceBytes, tar.length]) {
        if (at < tar.length) yield tar.subarray(at, at + size);
        at += size;
        if (pauseMs !== undefined) await sleep(pauseMs);
      }
    }
    const alone = await packedDigest(inPieces([]));
    // The first is still being compressed when the others and the end have come.
    const most = Math.max(0, tar.length - 200);
    expect(await packedDigest(inPieces([most, 50, 50]))).toBe(alone);
    expect(await packedDigest(inPieces([most, 50, 50], 20))).toBe(alone);
    const small = Array.from({ length: 300 }, (_, index) => 1 + ((index * 7919) % 1300));
    expect(await packedDigest(inPieces(small))).toBe(alone);
    // The end comes close behind the last.
    const even = Array.from({ length: 100 }, () => Math.ceil(tar.length / 100));
    expect(await packedDigest(inPieces(even))).toBe(alone);
  },
);

describe("what goes wrong is told, however much is still to come", () => {
  const broken = new Error("it is broken");

  /** More than fits between the tar and the blob, so that all that is before a place waits for it. */
  async function* tarOf(chunks: number, end?: Error): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < chunks; count += 1) yield randomBytes(2 ** 18);
    if (end !== undefined) throw end;
  }

  test.each([
    ["begins", 0],
    ["has written some", 2 ** 20],
    ["has written more than is kept in between", 8 * 2 ** 20],
  ])("where writing fails when it %s", async (_when, failsAfterBytes) => {
    const write: BlobWrite = async (packed) => {
      let written = 0;
      if (failsAfterBytes === 0) throw broken;
      for await (const piece of packed) {
        written += piece.byteLength;
        if (written < failsAfterBytes) continue;
        // Until then all else has come to wait for what is written.
        await sleep(50);
        throw broken;
      }
      throw new Error("it was to be more");
    };
    await expect(writeLayer(write, tarOf(100))).rejects.toBe(broken);
  });

  test.each([0, 10, 60])("where the tar breaks off after %i pieces", async (chunks) => {
    const write: BlobWrite = async (packed) => {
      for await (const _ of packed) await sleep(5);
      throw new Error("it was not to end");
    };
    await expect(writeLayer(write, tarOf(chunks, broken))).rejects.toBe(broken);
  });
});
