import { describe, expect, test } from "vitest";

import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Engine, Inventory } from "../inventory/inventory.ts";
import { archiveBrakes, missingRoom, type BinRoom } from "./archive-brakes.ts";
import type { Action, Plan } from "./plan.ts";

const MB = 1_000_000;
const GB = 1_000 * MB;

const ENGINE: Engine = {
  product: "docker",
  version: "28.0.0",
  apiVersion: "1.48",
  imageStore: "containerd",
  rootDir: "/var/lib/docker",
};
const GRAPHDRIVER: Engine = { ...ENGINE, imageStore: "graphdriver" };

const hostOf = (engine: Engine, over: Partial<Inventory> = {}): Inventory =>
  sampleInventory({ engine, images: [sampleImage(imageId("a"), { sizeBytes: GB })], ...over });

/** An image that takes so much of the bin, and frees so much. */
const archived = (bytes: number, freesBytes = 0, digit = "a"): Action =>
  sampleAction({
    subject: imageId(digit),
    freesBytes,
    recovery: { way: "archive", detail: "", bytes },
  });

const volume = (bytes: number): Action => ({
  ...archived(bytes, bytes),
  kind: "remove-volume",
  subject: "data",
});

function planOf(actions: readonly Action[], bin?: Plan["bin"]): Plan {
  const plan = samplePlan(actions, bin === undefined ? {} : { bin });
  const archiveBytes = actions.reduce((sum, { recovery }) => sum + (recovery.bytes ?? 0), 0);
  return { ...plan, totals: { ...plan.totals, archiveBytes } };
}

const WIDE: BinRoom = { directory: "/bin", freeBytes: 100 * GB, isOnTargetsDisk: false };
const SAME_DISK: BinRoom = { ...WIDE, isOnTargetsDisk: true };

interface Row {
  readonly what: string;
  readonly actions: readonly Action[];
  readonly inventory?: Inventory;
  readonly room?: BinRoom;
  readonly bin?: Plan["bin"];
  readonly frees?: Parameters<typeof archiveBrakes>[3];
  readonly says?: RegExp;
}

const ROWS: readonly Row[] = [
  { what: "nothing that goes there", actions: [archived(0, GB)], room: { ...WIDE, freeBytes: 0 } },
  { what: "room enough", actions: [archived(GB, GB)] },
  {
    what: "less room than it may take, with what is left to others",
    actions: [archived(GB, GB)],
    room: { ...WIDE, freeBytes: GB + 63 * MB },
    says: /^the recovery bin may take up to 1GB, and \/bin has 1.063GB free$/,
  },
  {
    what: "room that is not known",
    actions: [archived(GB, GB)],
    room: { directory: "/bin", isOnTargetsDisk: false },
  },
  {
    what: "as much of the same disk as is freed",
    actions: [archived(GB, GB)],
    room: SAME_DISK,
    says: /^the recovery bin would take about 1GB \(at most 1GB\) of the disk on which 1GB are freed$/,
  },
  { what: "a little less of the same disk", actions: [archived(GB - 1, GB)], room: SAME_DISK },
  { what: "as much of another disk", actions: [archived(GB, GB)] },
  {
    what: "as much of the same disk, where space is not the point",
    actions: [archived(GB, GB)],
    room: SAME_DISK,
    frees: "is not the point",
  },
  {
    what: "as much of the same disk, of a layout: blobs are linked",
    actions: [archived(GB, GB)],
    room: SAME_DISK,
    inventory: hostOf(ENGINE, { target: { kind: "layout", name: "l", address: "oci:/l" } }),
  },
  {
    what: "layers that are packed on the way: half of it is likely",
    actions: [archived(GB, GB)],
    room: SAME_DISK,
    inventory: hostOf(GRAPHDRIVER),
  },
  {
    what: "a volume, which is packed on the way wherever it is from",
    actions: [volume(GB)],
    room: SAME_DISK,
  },
  {
    what: "more than the policy lets the bin keep",
    actions: [archived(2 * GB, 9 * GB)],
    bin: { atMostBytes: 2 * GB - 1 },
    says: /^what goes would take about 2GB in the recovery bin, of which the policy keeps 2GB$/,
  },
  {
    what: "just what the policy lets the bin keep",
    actions: [archived(2 * GB, 9 * GB)],
    bin: { atMostBytes: 2 * GB },
  },
  {
    what: "half of a volume and all of an image against that",
    actions: [archived(GB, 9 * GB), volume(2 * GB)],
    bin: { atMostBytes: 2 * GB - 1 },
    says: /^what goes would take about 2GB in the recovery bin/,
  },
  {
    what: "an image that the engine has no room to write out",
    actions: [archived(1, 9 * GB)],
    inventory: hostOf({ ...GRAPHDRIVER, disk: { totalBytes: 9 * GB, freeBytes: GB - 1 } }),
    says: /^the engine needs 1GB of its own disk to hand out the largest image, and 1GB are free$/,
  },
  {
    what: "one that it has just the room for",
    actions: [archived(1, 9 * GB)],
    inventory: hostOf({ ...GRAPHDRIVER, disk: { totalBytes: 9 * GB, freeBytes: GB } }),
  },
  {
    what: "a large image that goes another way",
    actions: [
      archived(1, 9 * GB, "b"),
      { ...archived(0), recovery: { way: "registry", detail: "r@x" } },
    ],
    inventory: hostOf({ ...GRAPHDRIVER, disk: { totalBytes: 9 * GB, freeBytes: 1 } }),
  },
  {
    what: "a containerd store, which writes nothing out",
    actions: [archived(1, 9 * GB)],
    inventory: hostOf({ ...ENGINE, disk: { totalBytes: 9 * GB, freeBytes: 1 } }),
  },
];

describe("what keeps a plan from filling the bin", () => {
  test.each(ROWS)(
    "$what",
    ({ actions, inventory = hostOf(ENGINE), room = WIDE, bin, frees = "is the point", says }) => {
      const brakes = archiveBrakes(planOf(actions, bin), inventory, room, frees);
      expect(brakes.map(({ detail }) => detail)).toEqual(
        says === undefined ? [] : [expect.stringMatching(says)],
      );
    },
  );
});

test.each<[what: string, actions: readonly Action[], room: BinRoom, fits: boolean]>([
  [
    "each after what the one before it freed",
    [archived(GB, GB), archived(GB, GB)],
    { ...SAME_DISK, freeBytes: GB + 64 * MB },
    true,
  ],
  [
    "which is no help on another disk",
    [archived(GB, GB), archived(GB, GB)],
    { ...WIDE, freeBytes: GB + 64 * MB },
    false,
  ],
  [
    "what goes first has to fit by itself",
    [archived(2 * GB), archived(1, 9 * GB)],
    { ...SAME_DISK, freeBytes: 2 * GB },
    false,
  ],
])("room: %s", (_what, actions, room, fits) => {
  expect(missingRoom(actions, room) === undefined).toBe(fits);
});
