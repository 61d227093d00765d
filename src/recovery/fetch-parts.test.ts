import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  chunksOf,
  comesBack,
  configImage,
  digestOf,
  noise,
  partOf,
  removed,
} from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { fetchParts } from "./fetch-parts.ts";

const BASE = noise("base", 50_000);
const IMAGE = configImage("app", [BASE, noise("own", 5_000)]);
const { signal } = new AbortController();

/** A bin with the image, of which the base is left to a registry in this form. */
async function withoutBase(mediaType: string, packed: Buffer) {
  const bin = await openRecoveryBin(join(scratchFolder(), "bin"), () => 0);
  const digest = digestOf(BASE);
  for (const part of IMAGE.parts) if (part.digest !== digest) await bin.put(partOf(part));
  const part = {
    digest,
    repository: "hub/base",
    blob: digestOf(packed),
    mediaType,
    sizeBytes: packed.byteLength,
  };
  const entry = await bin.add(removed(IMAGE), IMAGE.form, { inRegistry: [part] });
  let closed = 0;
  const fetch = (openBlob: RegistryLookup["openBlob"]) => {
    const openLookup = async () =>
      fakeLookup({
        openBlob,
        close: async () => {
          closed += 1;
        },
      });
    return bin.whileHeld(async () => {
      await fetchParts(entry, bin, openLookup, signal);
      return comesBack(bin, entry);
    });
  };
  return { fetch, blob: part.blob, closed: () => closed };
}

test.each([
  ["a plain tar", MEDIA_TYPE.layer, BASE],
  ["gzip", MEDIA_TYPE.layerGzip, gzipSync(BASE)],
  ["gzip, as Docker calls it", MEDIA_TYPE.dockerLayer, gzipSync(BASE)],
  ["zstd", MEDIA_TYPE.layerZstd, zstdCompressSync(BASE)],
])("a layer comes back from a registry that has it as %s", async (_, mediaType, packed) => {
  const { fetch, closed } = await withoutBase(mediaType, packed);
  const asked: string[] = [];
  const back = await fetch((repository, blob) => {
    asked.push(`${repository}@${blob}`);
    return chunksOf(packed);
  });
  for (const { digest, bytes } of IMAGE.parts) expect(back.get(digest)).toEqual(bytes);
  expect(asked).toEqual([`hub/base@${digestOf(packed)}`]);
  expect(closed()).toBe(1);
});

const PACKED = gzipSync(BASE);

test.each<[string, RegistryLookup["openBlob"], RegExp]>([
  [
    "says no",
    async function* refused() {
      yield PACKED.subarray(0, 10);
      throw new Error("404");
    },
    /^hub\/base does not give back the blob sha256:[0-9a-f]{64} .*404$/,
  ],
  ["gives something else", () => chunksOf(noise("other", 100)), /^hub\/base .*incorrect header/],
  ["gives a part", () => chunksOf(PACKED.subarray(0, 1000)), /^hub\/base .*unexpected end/],
  ["gives another layer", () => chunksOf(gzipSync(noise("other", 100))), /has the digest/],
])("a registry that %s: the image is not whole", async (_, openBlob, words) => {
  const { fetch, closed } = await withoutBase(MEDIA_TYPE.layerGzip, PACKED);
  await expect(fetch(openBlob)).rejects.toThrow(words);
  expect(closed()).toBe(1);
});
