import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { connectEngine, type EngineClient } from "../../src/docker/connection/engine-client.ts";
import { FactsBook } from "../../src/docker/facts-book.ts";
import { ImageFiles } from "../../src/docker/image-files.ts";
import type { LayerStore } from "../../src/docker/layers/layer-graphdriver.ts";
import { openLayerRoot } from "../../src/docker/layers/layer-root.ts";
import { readEngine } from "../../src/docker/read-engine.ts";
import { listImages, type ListedImage } from "../../src/docker/read-image-list.ts";
import { listStoredImages } from "../../src/docker/stored-image-list.ts";
import { createFactsCache } from "../../src/store/sqlite-facts-cache.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { tagImage } from "../harness/build-images.ts";
import { enginesToTest, storeOf } from "../harness/engine-kinds.ts";
import { mixedScenario, type MixedScenario } from "../harness/mixed-scenario.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { newImage, newLayer, seed } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";

const { signal } = new AbortController();
/** Longer than files take to settle. */
const SETTLED_MS = 2_500;
const ROUNDS = 5;

describe.each(enginesToTest().filter((each) => storeOf(each) === "graphdriver"))("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  let scenario: MixedScenario;
  let client: EngineClient;

  beforeAll(async () => {
    registry = await startRegistry();
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
    scenario = await mixedScenario(target.engine, { seed, registry });
    client = await connectEngine({ kind: "unix", socketPath: target.engine.socketPath });
  });
  afterAll(async () => {
    client.close();
    await target.stop();
    await registry.stop();
  });

  /** The list from the disk, as a program that has never met the engine reads it. */
  async function listOnDisk(): Promise<readonly ListedImage[] | undefined> {
    const { engine, driver, imageRecords } = await readEngine(client, signal);
    const opened = openLayerRoot(engine.rootDir, driver, engine.engineId);
    if (opened === undefined) throw new Error("the data root cannot be read");
    const images = new ImageFiles(join(engine.rootDir, "image", driver));
    const store: LayerStore = { ...opened, images };
    const book = new FactsBook(
      createFactsCache(scratchFolder(), (message) => expect.unreachable(message)),
      "engine",
    );
    return await listStoredImages(store, book, imageRecords);
  }

  test("the disk tells what the engine's own list tells", async () => {
    const told = await listImages(client, signal);
    expect(comparable(await listOnDisk())).toEqual(comparable(told));
    // What makes the comparison worth something.
    expect(told.some(({ parent }) => parent !== undefined)).toBe(true);
    expect(
      told.some(({ references, repoDigests }) => references.length + repoDigests.length === 0),
    ).toBe(true);
    expect(told.some(({ references, repoDigests }) => references.length < repoDigests.length)).toBe(
      true,
    );
    expect(told.some(({ references }) => references.length > 1)).toBe(true);
    expect(told.some(({ labels }) => Object.keys(labels).length > 0)).toBe(true);
  });

  test("a count that does not agree with the engine's tells nothing", async () => {
    const { engine, driver, imageRecords = 0 } = await readEngine(client, signal);
    const store = openLayerRoot(engine.rootDir, driver, engine.engineId);
    const cache = createFactsCache(scratchFolder(), (message) => expect.unreachable(message));
    const listed = store && listStoredImages(store, new FactsBook(cache, "x"), imageRecords + 1);
    expect(await listed).toBeUndefined();
  });

  test("a change is seen at once, and what is remembered is what would be read", async () => {
    const memory = scratchFolder();
    const look = async (): Promise<object> =>
      lasting(await (await openSession(target.address, { memory })).look());
    const fresh = async (): Promise<object> =>
      lasting(await (await openSession(target.address)).look());
    const id = scenario.images.running ?? "";
    await delay(SETTLED_MS);
    await look();
    expect(await look()).toEqual(await fresh());
    await tagImage(target.engine, id, "images.test/seen:1");
    expect(await look()).toEqual(await fresh());
    await delay(SETTLED_MS);
    await look();
    // The same name once more: only the time of it changes, and no list shows that.
    await tagImage(target.engine, id, "images.test/seen:1");
    expect(await look()).toEqual(await fresh());
    await delay(SETTLED_MS);
    await look();
    await target.removeName("images.test/seen:1");
    expect(await look()).toEqual(await fresh());
  });

  test("images that come and go while it is read are no error", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `images.test/brief:${index}`);
    for (let round = 0; round < ROUNDS; round += 1) {
      await target.load(names.map((name) => newImage([name], [newLayer()])));
      const known = await target.listIds();
      const ended = new AbortController();
      const removing = (async () => {
        for (const name of names) await target.removeName(name);
        ended.abort();
      })();
      while (!ended.signal.aborted) {
        for (const { id } of (await listOnDisk()) ?? []) expect(known).toContain(id);
        await delay(1);
      }
      await removing;
    }
    expect(comparable(await listOnDisk())).toEqual(comparable(await listImages(client, signal)));
  });
});

/** In no order, and to the second: a list has no finer times. */
function comparable(listed: readonly ListedImage[] | undefined): readonly object[] {
  return (listed ?? [])
    .map(({ created, ...image }) => ({ ...image, created: Math.max(0, Math.floor(created)) }))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** What two readings of the same state have in common. */
function lasting({ images, blobs, diskBytes, heldBlobs, accuracy }: Inventory): object {
  return {
    images: images
      .map(({ firstSeenAt, arrivedAt, lastUsedAt: _used, ...image }) => ({
        ...image,
        // Where the engine does not tell, it is the first sight.
        arrivedAt: arrivedAt === firstSeenAt ? undefined : arrivedAt,
      }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    blobs,
    diskBytes,
    heldBlobs,
    accuracy,
  };
}
