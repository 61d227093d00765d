import { join } from "node:path";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { archive, manifestImage, noise } from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import { keptUntilMs, planExpiry, retainBin } from "./retain-bin.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const MOMENT = {
  nowMs: NOW_MS,
  sha256: (chunks: Iterable<string>) => {
    const hash = createHash("sha256");
    for (const chunk of chunks) hash.update(chunk);
    return hash.digest("hex");
  },
};

interface Row {
  readonly name: string;
  readonly days: number;
  readonly keepDays?: number;
  readonly pinned?: boolean;
  readonly layers?: readonly string[];
}

async function binWith(rows: readonly Row[]) {
  const bin = await openRecoveryBin(join(scratchFolder(), "bin"), () => NOW_MS);
  for (const { name, days, keepDays, pinned = false, layers = [name] } of rows) {
    const image = manifestImage(
      name,
      layers.map((layer) => noise(layer, 10_000)),
    );
    const { key } = await archive(bin, image, {
      references: [name],
      removedAt: new Date(NOW_MS - days * DAY_MS).toISOString(),
      ...(keepDays === undefined ? {} : { keepMs: keepDays * DAY_MS }),
    });
    if (pinned) await bin.setPinned(key, true);
  }
  return bin;
}

describe("what goes from the bin", () => {
  const cases: [what: string, rows: Row[], atMostBytes: number | undefined, goes: string[]][] = [
    ["nothing from an empty one", [], 5, []],
    [
      "what is older than 14 days where nothing was said",
      [
        { name: "old", days: 14.01 },
        { name: "on the day", days: 14 },
        { name: "young", days: 1 },
      ],
      undefined,
      ["old"],
    ],
    [
      "what is older than was promised, whatever others were",
      [
        { name: "short", days: 3, keepDays: 2 },
        { name: "long", days: 60, keepDays: 90 },
        { name: "at once", days: 0.1, keepDays: 0 },
      ],
      undefined,
      ["short", "at once"],
    ],
    [
      "never what is pinned",
      [
        { name: "pinned", days: 100, pinned: true },
        { name: "old", days: 99 },
      ],
      1,
      ["old"],
    ],
    [
      "the oldest, as far as the limit asks for it",
      [
        { name: "middle", days: 5 },
        { name: "oldest", days: 6 },
        { name: "young", days: 1 },
      ],
      25_000,
      ["oldest"],
    ],
    [
      "none that a clock has dated which was not set yet",
      [
        { name: "epoch", days: NOW_MS / DAY_MS - 1 },
        { name: "old", days: 15 },
      ],
      1,
      ["old"],
    ],
    [
      "none that frees nothing",
      [
        { name: "alone", days: 4 },
        { name: "oldest", days: 6, layers: ["base"] },
        { name: "young", days: 1, layers: ["base"] },
      ],
      11_500,
      ["alone"],
    ],
  ];

  test.for(cases)("%s", async ([, rows, atMostBytes, goes]) => {
    const bin = await binWith(rows);
    const limits = atMostBytes === undefined ? {} : { atMostBytes };
    const planned = await planExpiry(bin, limits, MOMENT);
    expect(planned.entries.flatMap(({ image }) => image.references)).toEqual(goes);
    const done = await retainBin(bin, limits, MOMENT);
    expect(done.freedBytes).toBe(planned.freesBytes);
    const left = (await bin.entries()).flatMap(({ image }) => image.references);
    expect(left.toSorted()).toEqual(
      rows
        .map(({ name }) => name)
        .filter((name) => !goes.includes(name))
        .toSorted(),
    );
  });

  test("never what the run itself has put there", async () => {
    const bin = await binWith([
      { name: "earlier", days: 1 },
      { name: "now", days: 0 },
    ]);
    const [earlier] = await bin.entries();
    await bin.remove([earlier?.key ?? ""]);
    const limits = { atMostBytes: 1, sparedPlanId: "plan" };
    expect((await planExpiry(bin, limits, MOMENT)).entries).toEqual([]);
    expect(
      (await planExpiry(bin, { ...limits, sparedPlanId: "other" }, MOMENT)).entries,
    ).toHaveLength(1);
  });

  test("is told beforehand", () => {
    const image = {
      id: "sha256:0",
      references: [],
      repoDigests: [],
      targetKey: "",
      targetName: "",
      planId: "",
    };
    expect(keptUntilMs({ ...image, removedAt: "1970-01-02T00:00:00Z" })).toBeUndefined();
    expect(keptUntilMs({ ...image, removedAt: "2026-11-01T00:00:00Z" })).toBe(
      Date.parse("2026-11-15T00:00:00Z"),
    );
    expect(keptUntilMs({ ...image, removedAt: "2026-11-01T00:00:00Z", keepMs: DAY_MS })).toBe(
      Date.parse("2026-11-02T00:00:00Z"),
    );
    expect(keptUntilMs({ ...image, removedAt: "once" })).toBeUndefined();
  });
});
