import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Engine, Inventory } from "../inventory/inventory.ts";
import type { BinRoom } from "./archive-brakes.ts";
import { parsePlan } from "./parse-plan.ts";
import type { Plan } from "./plan.ts";
import { withRecovery, type BinOutlook, type RecoveryPolicy } from "./with-recovery.ts";

const ONE = imageId("a");
const TWO = imageId("b");
const GB = 1e9;
const ENGINE: Engine = {
  product: "docker",
  version: "28.5.2",
  apiVersion: "1.51",
  imageStore: "graphdriver",
  rootDir: "/var/lib/docker",
  disk: { totalBytes: 100 * GB, freeBytes: 50 * GB },
};
const AMPLE: BinRoom = { directory: "/bin", freeBytes: 100 * GB, isOnTargetsDisk: false };
const sha256 = (chunks: Iterable<string>): string =>
  createHash("sha256")
    .update([...chunks].join(""))
    .digest("hex");

/** Two images of 1 GB and 2 GB on a common base of 4 GB. */
function host(over: Partial<Inventory> = {}): Inventory {
  const image = (id: string, own: string, sizeBytes: number) =>
    sampleImage(id, {
      references: [`docker.io/library/${own}:1`],
      blobs: ["base", own],
      sizeBytes,
    });
  return sampleInventory({
    engine: ENGINE,
    images: [image(ONE, "one", 5 * GB), image(TWO, "two", 6 * GB)],
    blobs: { base: 4 * GB, one: GB, two: 2 * GB },
    ...over,
  });
}

const ACTIONS = [
  sampleAction({ subject: ONE, freesBytes: GB }),
  sampleAction({ subject: TWO, freesBytes: 6 * GB }),
];

interface Planning {
  readonly policy?: RecoveryPolicy;
  readonly inventory?: Inventory;
  readonly actions?: Plan["actions"];
  readonly frees?: "is the point" | "is not the point";
}

function planned(
  bin: Partial<BinOutlook> = {},
  { policy = { images: [] }, inventory = host(), actions = ACTIONS, frees }: Planning = {},
): Plan {
  const known = {
    ways: { inRegistry: new Map<string, string>() },
    bin: { holds: new Set<string>(), room: AMPLE, ...bin },
    frees: frees ?? "is the point",
  } as const;
  return withRecovery(samplePlan(actions), policy, inventory, known, sha256);
}

const BASE = `docker.io/library/base@${imageId("f")}`;
const BASE_AT = new Map([["base", BASE]]);

const bytesOf = (plan: Plan) => plan.actions.map(({ recovery }) => recovery.bytes);

describe("what the bin takes", () => {
  test.each<[string, Parameters<typeof planned>, (number | undefined)[]]>([
    ["what two share is stored once", [], [5 * GB, 2 * GB]],
    ["what the bin has costs nothing", [{ holds: new Set(["base"]) }], [GB, 2 * GB]],
    ["what a registry has is left there", [{ inRegistry: BASE_AT }], [GB, 2 * GB]],
    [
      "with mode archive nothing is left to registries",
      [{ inRegistry: BASE_AT }, { policy: { images: [], recovery: { mode: "archive" } } }],
      [5 * GB, 2 * GB],
    ],
    [
      "what does not go there costs nothing",
      [{}, { policy: { images: [], recovery: { mode: "off" } } }],
      [undefined, undefined],
    ],
    [
      "of content that is there packed and unpacked only the packed is stored",
      [
        {},
        {
          inventory: host({
            engine: { ...ENGINE, imageStore: "containerd" },
            images: [sampleImage(ONE, { references: ["a/b:1"], blobs: ["snapshot:x", "x"] })],
            blobs: { "snapshot:x": 3 * GB, x: GB },
          }),
          actions: [sampleAction({ subject: ONE, freesBytes: 4 * GB })],
        },
      ],
      [GB],
    ],
  ])("%s", (_, args, expected) => {
    const plan = planned(...args);
    expect(bytesOf(plan)).toEqual(expected);
    const sum = expected.reduce<number>((all, bytes) => all + (bytes ?? 0), 0);
    expect(plan.totals.archiveBytes).toBe(sum);
  });
});

describe("brakes of the bin's room", () => {
  const room = (over: Partial<BinRoom>): Partial<BinOutlook> => ({ room: { ...AMPLE, ...over } });
  const { engine: _engine, ...layout } = host();
  const ofLayout = {
    inventory: { ...layout, target: { kind: "layout", name: "", address: "oci:/images" } as const },
  };
  const allOnOneDisk = [sampleAction({ subject: ONE, freesBytes: 3 * GB })];
  test.each<[string, Parameters<typeof planned>, RegExp | undefined]>([
    ["ample room", [], undefined],
    ["nobody has looked", [{ room: undefined as never }], undefined],
    ["room to the byte, with some to spare", [room({ freeBytes: 7.064 * GB })], undefined],
    [
      "a byte less",
      [room({ freeBytes: 7.064 * GB - 1 })],
      /up to 7GB, and \/bin has 7\.\d+GB free/,
    ],
    [
      "on one disk what the first has freed is there for the second",
      [room({ freeBytes: 6.064 * GB, isOnTargetsDisk: true })],
      undefined,
    ],
    [
      "the bin would take half of what comes unpacked, and less than that is freed",
      [
        room({ isOnTargetsDisk: true }),
        { actions: [sampleAction({ subject: ONE, freesBytes: 2.5 * GB })] },
      ],
      /would take about 2.5GB \(at most 5GB\) of the disk on which 2.5GB are freed/,
    ],
    ["more is freed", [room({ isOnTargetsDisk: true }), { actions: allOnOneDisk }], undefined],
    [
      "named images do not go for their space",
      [
        room({ isOnTargetsDisk: true }),
        { actions: [sampleAction({ subject: ONE, freesBytes: 0 })], frees: "is not the point" },
      ],
      undefined,
    ],
    [
      "a layout's blobs are kept as they are",
      [room({ isOnTargetsDisk: true }), ofLayout],
      undefined,
    ],
    [
      "the policy keeps less in the bin",
      [{}, { policy: { images: [], recovery: { mode: "auto", atMostBytes: 3 * GB } } }],
      /about 3.5GB in the recovery bin, of which the policy keeps 3GB/,
    ],
    [
      "the engine has no room to write the archive of the largest",
      [
        {},
        { inventory: host({ engine: { ...ENGINE, disk: { totalBytes: GB, freeBytes: 5 * GB } } }) },
      ],
      /needs 6GB of its own disk to hand out the largest image, and 5GB are free/,
    ],
  ])("%s", (_, args, expected) => {
    const { exceeds } = planned(...args);
    if (expected === undefined) expect(exceeds).toEqual([]);
    else expect(exceeds).toEqual([{ limit: "archive", detail: expect.stringMatching(expected) }]);
  });
});

test("the plan says what of the bin it was made for, and reads back as it was written", () => {
  const policy: RecoveryPolicy = {
    images: [],
    recovery: { mode: "auto", keep: 86_400_000, atMostBytes: 20 * GB },
  };
  const plan = planned(
    { directory: "/other", room: { ...AMPLE, isOnTargetsDisk: true } },
    { policy },
  );
  expect(plan.bin).toEqual({
    keepMs: 86_400_000,
    atMostBytes: 20 * GB,
    directory: "/other",
    isOnSameDisk: true,
  });
  expect(parsePlan(JSON.parse(JSON.stringify(plan)), sha256)).toEqual(plan);
  const moved = { ...plan, bin: { ...plan.bin, directory: "/elsewhere" } };
  expect(parsePlan(moved, sha256)).toMatchObject({ kind: "altered" });
  expect(planned({}, { policy: { images: [], recovery: { mode: "off" } } }).bin).toBeUndefined();
});

test("where only lower bounds are known of content, more may go there", () => {
  const engine = { ...ENGINE, imageStore: "containerd" } as const;
  const accuracy = { kind: "at-least" } as const;
  const plan = planned({}, { inventory: host({ engine, accuracy }) });
  expect(plan.bin).toEqual({ mayTakeMore: true });
  expect(parsePlan(JSON.parse(JSON.stringify(plan)), sha256)).toEqual(plan);
  expect(planned({}, { inventory: host({ engine }) }).bin).toEqual({});
  expect(planned({}, { inventory: host({ accuracy }) }).bin).toEqual({});
});

test("the plan says whose layers are left to registries, and its ID depends on it", () => {
  const mixed = planned({ inRegistry: BASE_AT });
  expect(mixed.actions.map(({ recovery }) => recovery.layersFrom)).toEqual([[BASE], [BASE]]);
  expect(mixed.totals.archiveBytes).toBe(3 * GB);
  expect(parsePlan(JSON.parse(JSON.stringify(mixed)), sha256)).toEqual(mixed);
  const other = planned({ inRegistry: new Map([["base", `${BASE}0`]]) });
  expect(other.id).not.toBe(mixed.id);
});

test.each([
  ["auto", "record"],
  ["archive", "record"],
  ["off", "none"],
] as const)("a name that is taken in a registry, by %s: %s", (mode, way) => {
  const untag = sampleAction({ kind: "untag", subject: "reg.test/app:1", imageId: ONE });
  const known = {
    ways: { inRegistry: new Map(), recorded: "its manifest is kept" },
    bin: { holds: new Set<string>() },
    frees: "is the point",
  } as const;
  const policy = { images: [], recovery: { mode } };
  const plan = withRecovery(samplePlan([untag]), policy, host(), known, sha256);
  expect(plan.actions.map(({ recovery }) => recovery.way)).toEqual([way]);
});
