import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { chainIdsOf } from "../../src/docker/layers/layer-chain.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApiJson } from "../harness/engine-api.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { removeImage } from "../harness/registry-transfer.ts";
import { archivingPlan, expectAll, newImage, newLayer, random } from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { meddleWith } from "./meddling-engine.ts";
import { fileTree, repeatingImages } from "./recovery-images.ts";

const NAMES = ["mixed.test/repeated:1", "mixed.test/repeated:2"];

/** Docker 25 to 29 keep the layers of an image that has one of them twice for good, once it was saved. */
describe.each(enginesToTest(["docker-latest"]))("layers twice on %s", (kind) => {
  test("are read from the data root, leave nothing behind and come back as they were", async () => {
    const target = await startTarget();
    // What stays shares a layer with what goes.
    await target.load([newImage(["stays.test/app:1"])]);
    const without = layersOnDisk(target);
    await target.load(repeatingImages(random));
    const ids = await idsOf(target);
    const trees = await Promise.all(NAMES.map((name) => fileTree(target.engine, name)));
    const { session, asked } = await openMeddled(target);

    expectAll(await session.carryOut(await planOf(session)), "applied");
    expect(asked.filter((request) => request.endsWith("/get"))).toEqual([]);
    expect(layersOnDisk(target)).toEqual(without);

    const bin = await session.recovery?.openBin();
    const { signal } = new AbortController();
    for (const entry of (await bin?.entries()) ?? [])
      expect(await session.recovery?.restore(entry, signal)).toMatchObject({ id: entry.image.id });
    expect(await idsOf(target)).toEqual(ids);
    expect(await Promise.all(NAMES.map((name) => fileTree(target.engine, name)))).toEqual(trees);
    for (const name of NAMES) await removeImage(target.engine, name);
    expect(layersOnDisk(target)).toEqual(without);
  });

  test("stay where a file of the data root is not what it was, and are not saved", async () => {
    const target = await startTarget();
    const [twice, own] = [newLayer(), newLayer()];
    await target.load([newImage([NAMES[0] ?? ""], [twice, own, twice])]);
    const before = layersOnDisk(target);
    const [, chainId = ""] = chainIdsOf([twice.diffId, own.diffId]);
    spoilOneFile(target, chainId);
    const { session, asked } = await openMeddled(target);

    const report = await session.carryOut(await planOf(session));
    expect(report.outcomes).toMatchObject([
      { state: "failed", detail: expect.stringContaining("same layer twice") },
    ]);
    expect(asked.filter((request) => /\/get$|^DELETE/.test(request))).toEqual([]);
    expect(layersOnDisk(target)).toEqual(before);
    expect(await (await session.recovery?.openBin())?.entries()).toEqual([]);
  });

  test("stay on an engine whose data root is not at hand", async () => {
    const target = await startTarget();
    await target.load(repeatingImages(random));
    const before = layersOnDisk(target);
    const { session, asked } = await openMeddled(target, { overTcp: true });
    const report = await session.carryOut(await planOf(session));
    expect(report.outcomes).toMatchObject(
      NAMES.map(() => ({ state: "failed", detail: expect.stringContaining("same layer twice") })),
    );
    expect(asked.filter((request) => /\/get$|^DELETE/.test(request))).toEqual([]);
    expect(layersOnDisk(target)).toEqual(before);
  });

  async function startTarget(): Promise<EngineTarget> {
    const target = await startEngineTarget(kind);
    onTestFinished(() => target.stop());
    return target;
  }
});

async function openMeddled(target: EngineTarget, options?: { readonly overTcp: boolean }) {
  const asked: string[] = [];
  const meddled = await meddleWith(
    target.engine,
    (method, path) => void asked.push(`${method} ${path}`),
    options,
  );
  const environment = { PLIMSOLL_BIN: join(scratchFolder(), "bin") };
  return { asked, session: await openSession(meddled.address, { environment }) };
}

async function planOf(session: Awaited<ReturnType<typeof openSession>>) {
  return archivingPlan(await session.plan(removeMatching({ repository: "mixed.test/*" })));
}

function idsOf({ engine }: EngineTarget): Promise<readonly string[]> {
  return Promise.all(
    NAMES.map(
      async (name) => (await callApiJson<{ Id: string }>(engine, "GET", `/images/${name}/json`)).Id,
    ),
  );
}

/** The engine's books of its layers, and their folders. */
function layersOnDisk({ engine: { dataRoot } }: EngineTarget) {
  return {
    books: readdirSync(join(dataRoot, "image/overlay2/layerdb/sha256")).toSorted(),
    folders: readdirSync(join(dataRoot, "overlay2")).toSorted(),
    links: readdirSync(join(dataRoot, "overlay2/l")).length,
  };
}

/** Other bytes of the same length, as a failing disk gives them. */
function spoilOneFile({ engine: { dataRoot } }: EngineTarget, chainId: string): void {
  const book = join(dataRoot, "image/overlay2/layerdb", ...chainId.split(":"));
  const folder = join(dataRoot, "overlay2", readFileSync(join(book, "cache-id"), "utf8"), "diff");
  const [name] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  if (name === undefined) throw new Error(`${folder} has no file`);
  const file = join(name.parentPath, name.name);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.reverse());
}
