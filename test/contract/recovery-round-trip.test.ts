import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/oci/json-object.ts";
import type { BinEntry } from "../../src/ports/recovery-bin.ts";
import type { Restored } from "../../src/recovery/restore-image.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApiJson } from "../harness/engine-api.ts";
import { runsAsRoot, storeOf } from "../harness/engine-kinds.ts";
import { pullImage, pushImage } from "../harness/registry-transfer.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import {
  archivingPlan,
  expectAll,
  newImage,
  noteImages,
  random,
  TWO_HOURS_MS,
} from "./contract-images.ts";
import { openSession, removeMatching, type ContractSession } from "./contract-session.ts";
import type { ContractTarget } from "./contract-target.ts";
import type { EngineTarget } from "./engine-target.ts";
import { startTarget, targetsToTest, type TargetKind } from "./every-target.ts";
import { fileTree, mixedImages, repeatingImages } from "./recovery-images.ts";

const FEWEST_IMAGES = 39;
/** What is left of an empty store: directories and lists. */
const EMPTY_STORE_BYTES = 4_000_000;
/** They differ in when an image was loaded, in where its layers lie, and in the order of its names. */
const NOT_OF_THE_IMAGE = new Set([
  "Metadata",
  "GraphDriver",
  "RepoTags",
  "RepoDigests",
  "NamesHistory",
]);

function keepsPlatforms(kind: TargetKind): boolean {
  return kind === "layout" || storeOf(kind) === "containerd";
}

function isEngine(target: ContractTarget): target is EngineTarget {
  return target.kind !== "layout";
}

const STARTED_AT = new Date().toISOString();

/** It counts the manifest that it makes itself, and takes the moment of the load where an image has no date. */
function isOfPodman({ kind }: EngineTarget, key: string, value: unknown): boolean {
  if (kind !== "podman") return false;
  return key === "Size" || key === "VirtualSize" || (key === "Created" && `${value}` > STARTED_AT);
}

/** Everything that an engine tells of each image, and the files of a container of it. */
async function lookAt(target: EngineTarget, ids: Iterable<string>) {
  const told: Record<string, unknown> = {};
  for (const id of ids) {
    const answer = await callApiJson<Record<string, unknown>>(
      target.engine,
      "GET",
      `/images/${id}/json`,
    );
    const ofImage = Object.entries(answer).filter(
      ([key, value]) => !NOT_OF_THE_IMAGE.has(key) && !isOfPodman(target, key, value),
    );
    // Annotations of a descriptor are those of the index.json that it was loaded with.
    const { annotations: _, ...descriptor } = (answer["Descriptor"] ?? {}) as JsonObject;
    const image = { ...Object.fromEntries(ofImage), Descriptor: descriptor };
    told[id] = { image, files: await fileTree(target.engine, id) };
  }
  return told;
}

describe.each(targetsToTest())("%s", (kind) => {
  let target: ContractTarget;
  let registry: RunningRegistry | undefined;
  beforeAll(async () => {
    registry = kind === "layout" || !runsAsRoot() ? undefined : await startRegistry();
    const insecureRegistries = registry === undefined ? [] : [registry.address];
    target = await startTarget(kind, { insecureRegistries });
  });
  afterAll(async () => {
    await target.stop();
    await registry?.stop();
  });

  /** An image that only its digest names. */
  async function loadByDigest(on: EngineTarget): Promise<string | undefined> {
    if (registry === undefined) return undefined;
    const name = `${registry.address}/mixed/digest`;
    await on.load([newImage([`${name}:1`])]);
    const digest = await pushImage(on.engine, `${name}:1`);
    await on.removeName(`${name}:1`);
    await pullImage(on.engine, `${name}@${digest}`);
    return `${name}@${digest}`;
  }

  async function loadAll(): Promise<string | undefined> {
    await target.load(mixedImages(random, keepsPlatforms(kind)));
    await target.load(repeatingImages(random));
    return isEngine(target) ? loadByDigest(target) : undefined;
  }

  test("images of every shape go into the bin and come back as they were", async () => {
    const byDigest = await loadAll();
    const before = await noteImages(target);
    expect(before.ids.size).toBeGreaterThanOrEqual(FEWEST_IMAGES);
    const toldBefore = isEngine(target) ? await lookAt(target, before.ids) : {};
    const session = await openBinSession(target);

    const plan = archivingPlan(await session.plan(removeMatching({})));
    expect(new Set(plan.actions.map(({ subject }) => subject))).toEqual(before.ids);
    const report = await session.carryOut(plan);
    expectAll(report, "applied");
    expect((await target.listIds()).size).toBe(0);
    expect(target.contentDiskBytes()).toBeLessThan(EMPTY_STORE_BYTES);

    const restored = await restoreAll(session);
    expect(restored.map(({ image, id }) => ({ was: image.id, is: id }))).toEqual(
      restored.map(({ image }) => ({ was: image.id, is: image.id })),
    );
    expect(restored.flatMap(({ taken }) => taken)).toEqual([]);
    const lost = restored.flatMap(({ lostRepoDigests }) => lostRepoDigests);
    expect(lost).toEqual(lost.filter((name) => name.includes("/mixed/digest@")));

    const isBack = (name: string): boolean => !lost.some((each) => each === name);
    const after = await noteImages(target);
    expect(after).toEqual({ ids: before.ids, names: before.names.filter(isBack) });
    if (isEngine(target)) expect(await lookAt(target, before.ids)).toEqual(toldBefore);
    else for (const name of before.names) await target.readOut(name);

    if (isEngine(target) && byDigest !== undefined && lost.includes(byDigest)) {
      await pullImage(target.engine, byDigest);
      expect(await noteImages(target)).toEqual(before);
    }
  });
});

async function openBinSession(target: ContractTarget): Promise<ContractSession> {
  const memory = scratchFolder();
  const environment = { PLIMSOLL_BIN: join(memory, "bin") };
  return openSession(target.address, { memory, environment, aheadMs: TWO_HOURS_MS });
}

async function restoreAll(session: ContractSession): Promise<readonly Restored[]> {
  const { signal } = new AbortController();
  if (session.recovery === undefined) throw new Error("nothing can come back");
  const bin = await session.recovery.openBin();
  expect(await bin.verify(signal)).toEqual([]);
  const restored: Restored[] = [];
  const inTurn: readonly BinEntry[] = await bin.entries();
  for (const entry of inTurn) restored.push(await session.recovery.restore(entry, signal));
  return restored;
}
