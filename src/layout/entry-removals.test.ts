import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { MAY, scratchLayout } from "../../test/harness/scratch-layout.ts";
import { createEntryRemovals, type DecideRemoval } from "./entry-removals.ts";
import { LayoutError, type LayoutErrorKind } from "./layout-error.ts";

const REMOVED = { outcome: "removed", detail: "", deletedImages: [], deletedBlobs: [] } as const;

/** Takes out the entry of that digest, and leaves the others. */
const without =
  (digest: string): DecideRemoval =>
  (entries) => ({
    entries: entries.filter(({ descriptor }) => descriptor.digest !== digest),
    removal: { ...REMOVED, deletedImages: [digest] },
  });

describe("where index.json cannot be written", () => {
  test.each<[kind: LayoutErrorKind, outcome: string]>([
    ["permission-denied", "refused"],
    ["busy", "refused"],
    ["symbolic-link", "refused"],
    ["full", "failed"],
    ["changing", "failed"],
    ["io", "failed"],
  ])("%s: every removal is %s", async (kind, outcome) => {
    const error = new LayoutError(kind, { file: "/l/index.json", detail: "not now", hint: "" });
    const remove = createEntryRemovals(() => Promise.reject(error));
    const asked = await Promise.all([remove(without("a")), remove(without("b"))]);
    const expected = { ...REMOVED, outcome, detail: "/l/index.json: not now" };
    expect(asked).toEqual([expected, expected]);
  });

  test("for no reason that is known, all that waited are told", async () => {
    const remove = createEntryRemovals(() => Promise.reject(new TypeError("a defect")));
    const asked = await Promise.allSettled([remove(without("a")), remove(without("b"))]);
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  test("the next one is tried all the same", async () => {
    const layout = scratchLayout();
    const image = layout.image({ layers: [layout.layer("one", 10, MAY)] }, MAY);
    layout.add(image, "1");
    let times = 0;
    const remove = createEntryRemovals(async () => {
      times += 1;
      if (times === 1) throw new TypeError("a defect");
      return layout.directory;
    });
    await expect(remove(without(image.digest))).rejects.toThrow("a defect");
    expect(await remove(without(image.digest))).toMatchObject({ outcome: "removed" });
    const { manifests } = JSON.parse(readFileSync(join(layout.directory, "index.json"), "utf8"));
    expect(manifests).toEqual([]);
  });
});
