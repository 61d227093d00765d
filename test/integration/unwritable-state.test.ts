import { execFileSync } from "node:child_process";
import { mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { apply } from "../../src/operations/apply.ts";
import type { LeaseOffice } from "../../src/ports/lease.ts";
import type { RunJournal } from "../../src/ports/run-journal.ts";
import { createFactsCache } from "../../src/store/sqlite-facts-cache.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { createSightingLog } from "../../src/store/sqlite-sighting-log.ts";
import { FakeTarget } from "../fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../fakes/sample-plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { reportNotTested, runsAsRoot } from "../harness/engine-kinds.ts";

const FREE: LeaseOffice = { acquire: () => ({ granted: true, release: () => {} }) };
const MIB = 2 ** 20;

/** A file system of its own; mounting needs root. */
function mountScratch(sizeBytes: number): { folder: string; remountReadOnly: () => void } {
  const folder = join(scratchFolder(), "disk");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", folder]);
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", folder]);
  });
  const remountReadOnly = () => execFileSync("mount", ["-o", "remount,ro", folder]);
  return { folder, remountReadOnly };
}

function fillUp(folder: string, leaveBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, "ballast"), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
}

function hostOf(count: number) {
  const target = new FakeTarget({ concurrency: 1 });
  const actions = Array.from({ length: count }, (_, index) => {
    target.addImage(`sha256:${index}`, { [`layer-${index}`]: 100 });
    return sampleAction({ subject: `sha256:${index}`, freesBytes: 100 });
  });
  const run = (journal: RunJournal) =>
    apply(
      samplePlan(actions, { id: "sha256:plan" }),
      {
        target: target.target,
        targetKey: "engine:1",
        remover: target,
        journal,
        leases: FREE,
        clock: Date.now,
        takeInventory: () => target.observe(),
      },
      {
        signal: new AbortController().signal,
        unattended: true,
        beyondLimits: false,
        onEvent: () => {},
      },
    );
  return { target, run };
}

if (!runsAsRoot()) reportNotTested("a journal on a full or read-only disk", "mounting needs root");

describe.skipIf(!runsAsRoot())("as root, who may mount", () => {
  test("a disk that is full before the run: nothing is removed", async () => {
    const { folder } = mountScratch(MIB);
    const journal = openRunJournal(folder);
    fillUp(folder, 0);
    const { target, run } = hostOf(3);
    await expect(run(journal)).rejects.toMatchObject({ name: "StoreError", kind: "full" });
    expect(target.asked).toEqual([]);
    journal.close();
  });

  test("a disk that is full before there is a journal", () => {
    const { folder } = mountScratch(MIB);
    fillUp(folder, 0);
    expect(() => openRunJournal(folder)).toThrow(expect.objectContaining({ kind: "full" }));
  });

  test("a disk that fills up during the run: only what is written down was removed", async () => {
    const { folder } = mountScratch(MIB);
    const journal = openRunJournal(folder);
    const { target, run } = hostOf(400);
    target.onRemoval = () => {
      if (target.asked.length === 20) fillUp(folder, 64 * 1024);
    };
    await expect(run(journal)).rejects.toMatchObject({ name: "StoreError", kind: "full" });
    expect(target.images.size).toBeGreaterThan(0);
    const [cutOff] = journal.unfinished("engine:1");
    const untouched = new Set(cutOff?.untouched.map((index) => `sha256:${index}`));
    expect(target.asked.filter((subject) => untouched.has(subject))).toEqual([]);
    journal.close();
  });

  test("a folder that is read-only", () => {
    const { folder, remountReadOnly } = mountScratch(MIB);
    remountReadOnly();
    expect(() => openRunJournal(folder)).toThrow(expect.objectContaining({ kind: "unwritable" }));
  });

  test.each(["full", "read-only"])("what only helps goes on without a disk that is %s", (state) => {
    const { folder, remountReadOnly } = mountScratch(MIB);
    const notices: string[] = [];
    const notify = (notice: string) => notices.push(notice);
    if (state === "full") fillUp(folder, 0);
    else remountReadOnly();
    const cache = createFactsCache(folder, notify);
    cache.write("engine:1", new Map([["sha256:a", "{}"]]));
    expect(cache.read("engine:1", ["sha256:a"]).size).toBe(1);
    const sightings = createSightingLog(folder, notify);
    expect(sightings.record("engine:1", [{ imageId: "a" }], "2026-11-21T12:00:00Z").size).toBe(1);
    expect(notices).toHaveLength(2);
    cache.close();
    sightings.close();
  });
});
