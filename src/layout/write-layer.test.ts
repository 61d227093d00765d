import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

import { digestOf, noise } from "../../test/fixtures/bin-images.ts";
import type { Digest } from "../oci/digest.ts";
import { writeLayer } from "./write-layer.ts";

async function packedDigest(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const pieces: Uint8Array[] = [];
  const { blob } = await writeLayer(async (packed) => {
    for await (const piece of packed) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    return { digest: digestOf(bytes), sizeBytes: bytes.length, addedBytes: bytes.length };
  }, chunks);
  return blob.digest;
}

test("a tar gives the same blob at whatever pace and in whatever pieces it comes", async () => {
  const tar = noise("tar", 2_000_000);
  async function* inPieces(sizes: readonly number[], pauseMs?: number) {
    let at = 0;
    for (const size of [...sizes, tar.length]) {
      if (at < tar.length) yield tar.subarray(at, at + size);
      at += size;
      if (pauseMs !== undefined) await sleep(pauseMs);
    }
  }
  const alone = await packedDigest(inPieces([]));
  // The first is still being compressed when the others and the end have come.
  const most = tar.length - 2000;
  expect(await packedDigest(inPieces([most, 500, 500]))).toBe(alone);
  expect(await packedDigest(inPieces([most, 500, 500], 20))).toBe(alone);
  const small = Array.from({ length: 3000 }, (_, index) => 1 + ((index * 7919) % 1300));
  expect(await packedDigest(inPieces(small))).toBe(alone);
});
