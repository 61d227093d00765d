import { expect, test } from "vitest";
import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction } from "../../test/fakes/sample-plan.ts";
import type { Engine } from "../inventory/inventory.ts";
import type { Action } from "./plan.ts";
import { USUAL_SPEEDS, withTimes } from "./recovery-time.ts";

const ID = imageId("a");
const DOCKER: Engine = {
  product: "docker",
  version: "28.5.2",
  apiVersion: "1.51",
  imageStore: "graphdriver",
  rootDir: "/var/lib/docker",
  disk: { totalBytes: 1e12, freeBytes: 1e11 },
};
const { disk: _, ...ELSEWHERE } = DOCKER;
const SPEEDS = { archiveBytesPerSecond: 50e6, backupBytesPerSecond: 10e6 };

type Recovery = Action["recovery"];

function timeOf(recovery: Recovery, engine: Engine, speeds = SPEEDS): number | undefined {
  const image = sampleImage(ID, { blobs: ["base", "own", "snapshot:own"] });
  const blobs = { base: 400e6, own: 100e6, "snapshot:own": 300e6 };
  const inventory = sampleInventory({ engine, images: [image], blobs });
  const [action] = withTimes([sampleAction({ subject: ID, recovery })], inventory, speeds);
  return action?.recovery.estimatedMs;
}

const archive = (bytes: number): Recovery => ({ way: "archive", detail: "", bytes });

test.each<[string, Recovery, Engine, number | undefined]>([
  ["only what the bin lacks is read from a data root", archive(100e6), DOCKER, 2_100],
  ["which may be nothing", archive(0), DOCKER, 100],
  ["an engine elsewhere hands out all of it", archive(100e6), ELSEWHERE, 16_100],
  [
    "of a containerd store what is packed",
    archive(100e6),
    { ...DOCKER, imageStore: "containerd" },
    10_100,
  ],
  [
    "and Podman all of it",
    archive(0),
    { ...DOCKER, product: "podman", imageStore: "containerd" },
    10_100,
  ],
  ["a backup is pushed whole", { way: "backup", detail: "" }, DOCKER, 80_100],
  ["what a registry has is only asked for", { way: "registry", detail: "" }, DOCKER, undefined],
  ["a record", { way: "record", detail: "" }, DOCKER, undefined],
])("time: %s", (_name, recovery, engine, expected) => {
  expect(timeOf(recovery, engine)).toBe(expected);
});

test("where nothing was measured it is reckoned as usual", () => {
  expect(timeOf(archive(100e6), DOCKER, USUAL_SPEEDS)).toBe(1_100);
});

test("a volume is read whole, where its size is known", () => {
  const volume = (recovery: Recovery) =>
    sampleAction({ kind: "remove-volume", subject: "data", recovery });
  const actions = [volume(archive(100e6)), volume({ way: "archive", detail: "" })];
  const timed = withTimes(actions, sampleInventory({ engine: ELSEWHERE }), SPEEDS);
  expect(timed.map(({ recovery }) => recovery.estimatedMs)).toEqual([2_100, undefined]);
});
