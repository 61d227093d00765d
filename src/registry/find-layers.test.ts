import { createHash } from "node:crypto";
import { expect, test } from "vitest";

import { imageId } from "../../test/fakes/sample-inventory.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import { findLayers, LayerDiffIds } from "./find-layers.ts";
import { ManifestTexts } from "./manifest-texts.ts";
import { RecentBlobs } from "./recent-blobs.ts";
import { RecentManifests } from "./recent-manifests.ts";
import type { RegistryClient } from "./registry-client.ts";

const BLOBS = [imageId("1"), imageId("2"), imageId("3")] as const;
const DIFF_IDS = [imageId("a"), imageId("b"), imageId("c")] as const;

function memory(): FactsCache {
  const facts = new Map<string, string>();
  return {
    read: (scope, keys) =>
      new Map(
        keys.flatMap((key) => {
          const value = facts.get(`${scope} ${key}`);
          return value === undefined ? [] : [[key, value] as const];
        }),
      ),
    write: (scope, entries) => {
      for (const [key, value] of entries) facts.set(`${scope} ${key}`, value);
    },
    retain: () => {},
  };
}

interface Registry {
  readonly diffIds?: readonly string[];
  readonly layerTypes?: readonly string[];
  readonly lacks?: readonly string[];
  readonly configText?: string;
}

/** A registry with one image of three layers, by its digest. */
function registry({ diffIds = DIFF_IDS, layerTypes = [], lacks = [], configText }: Registry) {
  const asked: string[] = [];
  const config = configText ?? JSON.stringify({ rootfs: { type: "layers", diff_ids: diffIds } });
  const configDigest = digestOf(config);
  const layers = BLOBS.map((digest, position) => ({
    mediaType: layerTypes[position] ?? MEDIA_TYPE.layerGzip,
    digest,
    size: 10 + position,
  }));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.config, digest: configDigest, size: config.length },
    layers,
  });
  const client = {
    registry: "host",
    getManifest: async () => ({ bytes: Buffer.from(manifest) }),
    headManifest: async () => "unchanged",
    async *getBlob(_: string, digest: string) {
      asked.push(`GET ${digest === configDigest ? "config" : digest}`);
      yield Buffer.from(config);
    },
    headBlob: async (_: string, digest: string) => (lacks.includes(digest) ? undefined : 10),
  } as unknown as RegistryClient;
  return { asked, client, digest: digestOf(manifest) };
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

async function layersOf({ client, digest }: ReturnType<typeof registry>, cache = memory()) {
  const source = {
    client,
    texts: new RecentManifests(new ManifestTexts(cache), () => 0),
    blobs: new RecentBlobs(() => 0),
    diffIds: new LayerDiffIds(cache),
  };
  const found = await findLayers(source, { repository: "app", digest, platforms: [] });
  return found.map(({ diffId, blob, sizeBytes }) => `${diffId} ${blob} ${sizeBytes}`);
}

const ALL = DIFF_IDS.map((diffId, position) => `${diffId} ${BLOBS[position]} ${10 + position}`);

test.each<[string, Registry, readonly string[]]>([
  ["all of them", {}, ALL],
  ["one is gone", { lacks: [BLOBS[1]] }, [ALL[0] ?? "", ALL[2] ?? ""]],
  ["one is packed in an unknown way", { layerTypes: ["", "x/y"] }, [ALL[2] ?? ""]],
  ["the configuration names others than there are", { diffIds: DIFF_IDS.slice(1) }, []],
  ["the configuration is no JSON", { configText: "{" }, []],
])("layers that a registry has: %s", async (_, told, expected) => {
  expect(await layersOf(registry(told))).toEqual(expected);
});

test("a configuration is fetched once for ever", async () => {
  const cache = memory();
  const asked = registry({});
  expect(await layersOf(asked, cache)).toEqual(ALL);
  expect(await layersOf(asked, cache)).toEqual(ALL);
  expect(asked.asked).toEqual(["GET config"]);
});
