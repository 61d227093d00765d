import { expect, test } from "vitest";
import { planFor } from "../../test/fixtures/host-in-words.ts";
import { sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Withheld } from "../plan/image-facts.ts";
import type { Plan } from "../plan/plan.ts";
import type { VolumePreview } from "../ports/volume-content.ts";
import { chooseWaysBack, type RecoverySources } from "./choose-ways-back.ts";

const GB = 1_000_000_000;

function plan(withheld: Withheld): Plan {
  const going = ["large", "small"].filter((name) => !withheld.has(name));
  return samplePlan(
    going.map((subject) =>
      sampleAction({
        kind: "remove-volume",
        subject,
        freesBytes: GB,
        recovery: { way: "archive", detail: "" },
      }),
    ),
  );
}

function choose(
  previews: Readonly<Record<string, VolumePreview>>,
  sources: Partial<RecoverySources> = {},
): Promise<Plan> {
  return chooseWaysBack({
    plan,
    // What becomes of images does not matter to volumes.
    policy: { images: [], recovery: { mode: "off" } },
    inventory: sampleInventory({}),
    sources: {
      canPush: false,
      previewVolumes: (names) =>
        Promise.resolve(new Map(names.map((name) => [name, previews[name] ?? {}]))),
      ...sources,
    },
    frees: "is the point",
    sha256: () => "hash",
    signal: new AbortController().signal,
    onProgress: () => {},
  });
}

function viewOf(freeBytes: number): Partial<RecoverySources> {
  return {
    viewBin: () =>
      Promise.resolve({
        directory: "/bin",
        freeBytes,
        holds: () => false,
        isOnDiskOf: () => Promise.resolve(false),
      }),
  };
}

test("a volume counts what it holds", async () => {
  const chosen = await choose({ large: { sizeBytes: 3 * GB }, small: { sizeBytes: 10 } });
  expect(chosen.actions.map(({ recovery }) => recovery.bytes)).toEqual([3 * GB, 10]);
  expect(chosen.totals.archiveBytes).toBe(3 * GB + 10);
  expect(chosen.bin).toEqual({});
});

test("one that cannot be read whole stays", async () => {
  const previews = {
    large: { sizeBytes: GB, obstacle: "not ours to read" },
    small: { sizeBytes: 1 },
  };
  const chosen = await choose(previews);
  expect(chosen.actions.map(({ subject }) => subject)).toEqual(["small"]);
});

test("without room nothing begins", async () => {
  const previews = { large: { sizeBytes: 3 * GB }, small: { sizeBytes: 1 } };
  expect((await choose(previews, viewOf(2 * GB))).exceeds).toMatchObject([{ limit: "archive" }]);
  expect((await choose(previews, viewOf(4 * GB))).exceeds).toEqual([]);
});

test("a rule says that what it lets go is put by, and what is withheld has no way back", () => {
  const host = { volumes: { v1: { sizeBytes: 20 }, v2: {} } };
  const rule = { name: "volumes", which: "anonymous", within: 0, recovery: "archive" } as const;
  const { actions } = planFor(host, { volumes: [rule] });
  expect(actions.map(({ recovery }) => recovery.way)).toEqual(["archive", "archive"]);
  const { recovery: _recovery, ...lost } = rule;
  expect(planFor(host, { volumes: [lost] }).actions[0]?.recovery.way).toBe("none");
});
