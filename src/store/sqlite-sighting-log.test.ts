import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { createSightingLog } from "./sqlite-sighting-log.ts";

const T1 = "2026-11-01T00:00:00Z";
const T2 = "2026-11-02T00:00:00Z";
const T3 = "2026-11-03T00:00:00Z";

function openLog(folder: string) {
  const notices: string[] = [];
  const log = createSightingLog(folder, (notice) => notices.push(notice));
  onTestFinished(() => log.close());
  return { log, notices };
}

test("the first sighting and the latest use are remembered across processes", () => {
  const folder = scratchFolder();
  const before = openLog(folder).log;
  before.record("engine:1", [{ imageId: "a", usedAt: T1 }, { imageId: "b" }], T1);
  before.close();
  const { log } = openLog(folder);
  expect(log.record("engine:1", [{ imageId: "a" }, { imageId: "b", usedAt: T2 }], T2)).toEqual(
    new Map([
      ["a", { firstSeenAt: T1, lastUsedAt: T1 }],
      ["b", { firstSeenAt: T1, lastUsedAt: T2 }],
    ]),
  );
});

test("an earlier use than the remembered one changes nothing", () => {
  const { log } = openLog(scratchFolder());
  log.record("engine:1", [{ imageId: "a", usedAt: T3 }], T3);
  expect(log.record("engine:1", [{ imageId: "a", usedAt: T2 }], T3).get("a")?.lastUsedAt).toBe(T3);
});

test("an image that was away has arrived anew", () => {
  const { log } = openLog(scratchFolder());
  log.record("engine:1", [{ imageId: "a", usedAt: T1 }], T1);
  log.record("engine:1", [], T2);
  expect(log.record("engine:1", [{ imageId: "a" }], T3)).toEqual(
    new Map([["a", { firstSeenAt: T3 }]]),
  );
});

test("an image that may be there unseen stays remembered", () => {
  const { log } = openLog(scratchFolder());
  log.record("registry:r", [{ imageId: "app@a" }, { imageId: "other@b" }], T1);
  log.record("registry:r", [], T2, (imageId) => imageId.startsWith("other@"));
  expect(log.record("registry:r", [{ imageId: "app@a" }, { imageId: "other@b" }], T3)).toEqual(
    new Map([
      ["app@a", { firstSeenAt: T3 }],
      ["other@b", { firstSeenAt: T1 }],
    ]),
  );
});

test("targets do not mix", () => {
  const { log } = openLog(scratchFolder());
  log.record("engine:1", [{ imageId: "a" }], T1);
  expect(log.record("engine:2", [{ imageId: "a" }], T2).get("a")).toEqual({ firstSeenAt: T2 });
  expect(log.record("engine:1", [{ imageId: "a" }], T3).get("a")).toEqual({ firstSeenAt: T1 });
});

test("where nothing can be kept, everything is new and a notice says why", () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "state.db"), "no database".repeat(500));
  const { log, notices } = openLog(folder);
  expect(log.record("engine:1", [{ imageId: "a" }], T2)).toEqual(
    new Map([["a", { firstSeenAt: T2 }]]),
  );
  expect(notices).toEqual([expect.stringContaining("damaged or no database")]);
});
