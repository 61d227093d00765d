import { expect, test } from "vitest";
import { imageId } from "../../test/fakes/sample-inventory.ts";
import { ManifestTexts } from "./manifest-texts.ts";
import { RecentBlobs } from "./recent-blobs.ts";
import { RecentManifests } from "./recent-manifests.ts";
import type { RegistryClient } from "./registry-client.ts";

const DIGEST = imageId("a");
const TEXT = '{"schemaVersion": 2}\n';

function registry() {
  const asked: string[] = [];
  const has = new Set([DIGEST]);
  const head = { digest: DIGEST, mediaType: "", sizeBytes: TEXT.length };
  return {
    asked,
    has,
    client: {
      registry: "host",
      async headManifest(_: string, digest: string) {
        asked.push("HEAD manifest");
        return has.has(digest) ? head : undefined;
      },
      async getManifest(_: string, digest: string) {
        asked.push("GET manifest");
        return has.has(digest) ? { ...head, bytes: Buffer.from(TEXT) } : undefined;
      },
      async headBlob(_: string, digest: string) {
        asked.push("HEAD blob");
        return has.has(digest) ? 7 : undefined;
      },
    },
  };
}

function memory() {
  const facts = new Map<string, string>();
  return {
    read: (_: string, keys: readonly string[]) =>
      new Map(
        keys.flatMap((key) => (facts.has(key) ? [[key, facts.get(key) ?? ""] as const] : [])),
      ),
    write: (_: string, entries: ReadonlyMap<string, string>) => {
      for (const [key, value] of entries) facts.set(key, value);
    },
    retain: () => {},
  };
}

test("a manifest is fetched once, and from then on only asked for", async () => {
  const { client, asked, has } = registry();
  const cache = memory();
  expect(await new ManifestTexts(cache).read(client, "app", DIGEST)).toBe(TEXT);
  // As a later process does.
  const later = new ManifestTexts(cache);
  expect(await later.read(client, "app", DIGEST)).toBe(TEXT);
  expect(asked).toEqual(["GET manifest", "HEAD manifest"]);
  has.clear();
  expect(await later.read(client, "app", DIGEST)).toBeUndefined();
});

test("what a registry does not have is not remembered", async () => {
  const { client, has } = registry();
  has.clear();
  const texts = new ManifestTexts(memory());
  expect(await texts.read(client, "app", DIGEST)).toBeUndefined();
  has.add(DIGEST);
  expect(await texts.read(client, "app", DIGEST)).toBe(TEXT);
});

test("a blob that many images share is asked for once, and anew after half a minute", async () => {
  const { client, asked, has } = registry();
  let nowMs = 0;
  const blobs = new RecentBlobs(() => nowMs);
  expect(await Promise.all([1, 2].map(() => blobs.has(client, "app", DIGEST)))).toEqual([
    true,
    true,
  ]);
  await blobs.has(client, "other", DIGEST);
  expect(asked).toHaveLength(2);
  has.clear();
  nowMs = 30_000;
  expect(await blobs.has(client, "app", DIGEST)).toBe(false);
});

test("a question that failed is asked again", async () => {
  const { client } = registry();
  const blobs = new RecentBlobs(() => 0);
  const failing = { ...client, headBlob: () => Promise.reject(new Error("no route")) };
  await expect(blobs.has(failing, "app", DIGEST)).rejects.toThrow("no route");
  expect(await blobs.has(client, "app", DIGEST)).toBe(true);
});

test("what an image is asked for twice is asked once, and anew after half a minute", async () => {
  const { client, asked, has } = registry();
  let nowMs = 0;
  const recent = new RecentManifests(new ManifestTexts(memory()), () => nowMs);
  const read = () => recent.read(client as unknown as RegistryClient, "app", DIGEST);
  has.clear();
  expect([await read(), await read()]).toEqual([undefined, undefined]);
  expect(asked).toEqual(["GET manifest"]);
  has.add(DIGEST);
  nowMs = 30_000;
  expect(await read()).toBe(TEXT);
});
