import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  buildkitBuild,
  classicBuild,
  importBase,
  type BuildInput,
} from "../harness/build-images.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { pullImage, pushImage } from "../harness/registry-transfer.ts";
import { newImage, newLayer, plannedImages, random } from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";

const PAYLOAD_BYTES = 300_000;
const STEPS = "RUN sleep 1\nRUN dd if=/payload of=/copy bs=1000 count=300\n";
/** The builds sleep then. */
const HEAD_START_MS = 700;
const IMAGES = 6;

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
  });

  test("removal while a pull and builds run: all of them succeed", async () => {
    const { engine } = target;
    const pulled = `${registry.address}/busy/pulled:1`;
    const shared = [newLayer(), newLayer()];
    await target.load([newImage([pulled], shared)]);
    const id = await target.idOf(pulled);
    await pushImage(engine, pulled);
    await target.removeName(pulled);
    await importBase(engine, "images.test/base:1", { payloadBytes: PAYLOAD_BYTES, random });
    await classicBuild(engine, "images.test/busy:built", {
      dockerfile: "FROM images.test/base:1\nCOPY data /data\n",
      files: { data: random.bytes(PAYLOAD_BYTES) },
    });
    // They share layers with what is pulled, and one its base with what is built.
    const names = Array.from({ length: IMAGES }, (_, index) => `images.test/busy:${index}`);
    await target.load(names.map((name) => newImage([name], shared)));
    const session = await openSession(target.address);
    const plan = await session.plan(removeMatching({ repository: "busy" }));
    expect(plannedImages(plan).length).toBeGreaterThanOrEqual(names.length + 1);

    const input: BuildInput = {
      dockerfile: `FROM images.test/base:1\n${STEPS}COPY data /data\n`,
      files: { data: random.bytes(PAYLOAD_BYTES) },
    };
    const building = Promise.all([
      classicBuild(engine, "images.test/classic:1", input),
      ...(kind === "podman" ? [] : [buildkitBuild(engine, "images.test/buildkit:1", input)]),
    ]);
    await delay(HEAD_START_MS);
    const [report] = await Promise.all([
      session.carryOut(plan),
      pullImage(engine, pulled),
      building,
    ]);
    expect(report.outcomes.filter(({ state }) => state !== "applied")).toEqual([]);
    const left = await target.listIds();
    expect(plannedImages(plan).filter((each) => left.has(each))).toEqual([]);
    for (const name of await target.listNames()) await target.readOut(name);
    expect(await target.idOf(pulled)).toBe(id);
    await target.idOf("images.test/classic:1");
    if (kind !== "podman") await target.idOf("images.test/buildkit:1");
  });
});
