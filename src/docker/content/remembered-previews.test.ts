import { expect, test } from "vitest";
import type { Engine } from "../../inventory/inventory.ts";
import type { FactsCache } from "../../ports/facts-cache.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { RememberedPreviews } from "./remembered-previews.ts";

const LOWER = `sha256:${"1".repeat(64)}`;
const UPPER = `sha256:${"2".repeat(64)}`;
const SIGNAL = new AbortController().signal;

const of = (id: string, ...platforms: readonly string[]) => ({ id, platforms });

function engineWith(layersById: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const answer = async (path: string): Promise<unknown> => {
    asked.push(path);
    const id = decodeURIComponent(path.split("/")[2] ?? "");
    const layers = layersById[id];
    if (layers !== undefined) return { RootFS: { Layers: layers } };
    throw new EngineError("not-found", { address: "", detail: "no such image" });
  };
  return { asked, client: { getJson: answer } as Pick<EngineClient, "getJson"> };
}

function traits(imageStore: Engine["imageStore"]) {
  const engine: Engine = {
    product: "docker",
    version: "28.5.2",
    apiVersion: "1.51",
    imageStore,
    rootDir: "/",
  };
  return {
    engine,
    driver: "overlay2",
    architecture: "amd64",
    scope: "an engine",
    isLocal: false,
  };
}

function memoryCache(): FactsCache {
  const stored = new Map<string, string>();
  return {
    read: (scope, keys) => {
      const found = keys.map((key) => [key, stored.get(scope + key)] as const);
      return new Map(found.flatMap(([key, json]) => (json === undefined ? [] : [[key, json]])));
    },
    write: (scope, entries) => {
      for (const [key, json] of entries) stored.set(scope + key, json);
    },
    retain: () => undefined,
  };
}

test("the engine is asked about an image once, and never again by later commands", async () => {
  const cache = memoryCache();
  const { asked, client } = engineWith({ one: [LOWER, UPPER], two: [LOWER, UPPER, LOWER] });
  const first = new RememberedPreviews(client, cache, traits("graphdriver"));
  expect(await first.preview(of("one"), SIGNAL)).toEqual({ diffIds: [LOWER, UPPER] });
  const refused = await first.preview(of("two"), SIGNAL);
  expect(refused.obstacle).toMatch(/same layer twice/);
  first.save();

  const later = new RememberedPreviews(client, cache, traits("graphdriver"));
  expect(await later.preview(of("one"), SIGNAL)).toEqual({ diffIds: [LOWER, UPPER] });
  expect(await later.preview(of("two"), SIGNAL)).toEqual(refused);
  expect(asked).toHaveLength(2);
});

test.each([
  ["is gone", "graphdriver", {}],
  ["may stand for several platforms", "containerd", { one: [] }],
] as const)("an image that %s is looked at each time", async (_title, imageStore, layers) => {
  const cache = memoryCache();
  const { asked, client } = engineWith(layers);
  const previews = new RememberedPreviews(client, cache, traits(imageStore));
  await previews.preview(of("one"), SIGNAL);
  previews.save();
  await new RememberedPreviews(client, cache, traits(imageStore)).preview(of("one"), SIGNAL);
  expect(asked).toHaveLength(2);
});

test.each([
  ["linux/amd64", 0],
  ["linux/arm64/v8", 1],
])(
  "on the containerd store, seen to be for %s, it is asked about %i times",
  async (platform, times) => {
    const { asked, client } = engineWith({ one: [] });
    const previews = new RememberedPreviews(client, memoryCache(), traits("containerd"));
    expect(await previews.preview(of("one", platform), SIGNAL)).toEqual({});
    expect(asked).toHaveLength(times);
  },
);
