import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { openDatabase } from "./database.ts";
import { openRunJournal } from "./sqlite-run-journal.ts";
import { StoreError } from "./store-error.ts";

const KEY = "engine:1";
const AT = "2026-11-21T12:41:06Z";

function openJournal(folder: string) {
  const journal = openRunJournal(folder);
  onTestFinished(() => journal.close());
  return journal;
}

function planOf(count: number) {
  const actions = Array.from({ length: count }, (_, index) =>
    sampleAction({ subject: `sha256:${index}`, freesBytes: index }),
  );
  return samplePlan(actions, { id: `sha256:plan-of-${count}` });
}

function settledAs(state: ActionOutcome["state"], index: number): ActionOutcome {
  return { index, state, detail: state === "applied" ? "" : "because", at: AT };
}

test("a run is told back as it was recorded, plan and outcomes included", () => {
  const folder = scratchFolder();
  const plan = planOf(2_500);
  const first = openJournal(folder);
  const runId = first.begin(plan, KEY, AT);
  first.record(runId, { settled: [], intended: [0, 1] });
  first.record(runId, { settled: [settledAs("applied", 0)], intended: [2] });
  first.record(runId, {
    settled: [{ ...settledAs("failed", 1), freedBytes: 5 }, settledAs("skipped", 2)],
    intended: [],
  });
  first.finish(runId, { state: "partial", at: AT, freedBytes: 17 });
  first.close();

  const journal = openJournal(folder);
  const summary = {
    id: runId,
    planId: plan.id,
    targetKey: KEY,
    targetName: "fake",
    state: "partial",
    startedAt: AT,
    endedAt: AT,
    counts: { applied: 1, gone: 0, skipped: 1, failed: 1, unknown: 0 },
    predictedBytes: plan.totals.freesBytes,
    freedBytes: 17,
  };
  expect(journal.run(runId)).toEqual({
    summary,
    plan,
    outcomes: [
      settledAs("applied", 0),
      { ...settledAs("failed", 1), freedBytes: 5 },
      settledAs("skipped", 2),
    ],
  });
  expect(journal.runs(10)).toEqual([summary]);
  expect(journal.runOfPlan(plan.id)).toEqual(summary);
  expect(journal.runOfPlan("sha256:other")).toBeUndefined();
  expect(journal.unfinished(KEY)).toEqual([]);
  expect(journal.run("no-such-run")).toBeUndefined();
});

test("what was removed is told back, the latest record of an action", () => {
  const folder = scratchFolder();
  const first = openJournal(folder);
  const runId = first.begin(planOf(3), KEY, AT);
  const record = (name: string) => ({
    kind: "container" as const,
    id: "c1",
    name,
    description: { Config: { Env: ["TOKEN=secret"] } },
  });
  first.keepRecord(runId, 1, record("before"));
  first.keepRecord(runId, 1, record("web"));
  first.close();
  const journal = openJournal(folder);
  expect(journal.recordOf(runId, 1)).toEqual(record("web"));
  expect(journal.recordOf(runId, 0)).toBeUndefined();
  expect([...journal.records(runId)]).toEqual([record("web")]);
  expect([...journal.records("no-such-run")]).toEqual([]);
  expect(() => journal.keepRecord("no-such-run", 0, record("web"))).toThrow(/no run/);
});

test("the last removal is the latest ended run of the target that removed something", () => {
  const journal = openJournal(scratchFolder());
  const run = (count: number, key: string, state: ActionOutcome["state"], ended = true) => {
    const runId = journal.begin(planOf(count), key, `2026-11-21T12:0${count}:00Z`);
    journal.record(runId, { settled: [settledAs(state, 0)], intended: [] });
    if (ended) journal.finish(runId, { state: "done", at: AT });
    return runId;
  };
  expect(journal.lastRemoval(KEY)).toBeUndefined();
  const applied = run(1, KEY, "applied");
  run(2, KEY, "skipped");
  run(3, "engine:2", "applied");
  run(4, KEY, "applied", false);
  expect(journal.lastRemoval(KEY)?.id).toBe(applied);
  const unknown = run(5, KEY, "unknown");
  expect(journal.lastRemoval(KEY)?.id).toBe(unknown);
});

test("an unfinished run tells what was begun and what was not", () => {
  const journal = openJournal(scratchFolder());
  const plan = planOf(1_003);
  const runId = journal.begin(plan, KEY, AT);
  journal.record(runId, { settled: [], intended: [0, 1, 1_001] });
  journal.record(runId, { settled: [settledAs("applied", 1)], intended: [] });
  const [run] = journal.unfinished(KEY);
  expect(run?.undecided).toEqual([
    { index: 0, action: plan.actions[0] },
    { index: 1_001, action: plan.actions[1_001] },
  ]);
  expect(run?.untouched).toHaveLength(1_000);
  expect(run?.untouched.slice(0, 2)).toEqual([2, 3]);
  expect(journal.unfinished("engine:2")).toEqual([]);
});

test("a later outcome replaces the one before", () => {
  const journal = openJournal(scratchFolder());
  const runId = journal.begin(planOf(1), KEY, AT);
  journal.record(runId, { settled: [settledAs("applied", 0)], intended: [] });
  journal.record(runId, { settled: [settledAs("failed", 0)], intended: [] });
  expect(journal.run(runId)?.outcomes).toEqual([settledAs("failed", 0)]);
});

test("the newest run comes first, and no more than asked for", () => {
  const journal = openJournal(scratchFolder());
  const ids = [1, 2, 3].map((count) =>
    journal.begin(planOf(count), KEY, `2026-11-0${count}T00:00:00Z`),
  );
  expect(journal.runs(2).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
});

test("a plan has one run", () => {
  const journal = openJournal(scratchFolder());
  journal.begin(planOf(1), KEY, AT);
  expect(() => journal.begin(planOf(1), KEY, AT)).toThrow(
    expect.objectContaining({ kind: "already-applied" }),
  );
});

test("only this user may read it", () => {
  const folder = join(scratchFolder(), "state");
  const journal = openJournal(folder);
  journal.begin(planOf(1), KEY, AT);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ["state.db", "state.db-wal", "state.db-shm"]) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
});

test("a damaged file is an error that names it", () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "state.db"), "no database".repeat(500));
  expect(failureOf(() => openRunJournal(folder))).toMatchObject({
    kind: "corrupt",
    message: expect.stringContaining("state.db: is damaged or no database"),
  });
});

test("a newer schema is left alone", () => {
  const folder = scratchFolder();
  const path = join(folder, "state.db");
  const database = openDatabase(path, { synchronous: "FULL", busyTimeoutMs: 0 });
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(failureOf(() => openRunJournal(folder))).toMatchObject({
    kind: "newer-schema",
    message: expect.stringContaining("schema 99"),
  });
});

test("a folder that cannot be made is an error that names it", () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "file"), "");
  expect(failureOf(() => openRunJournal(join(folder, "file", "state")))).toMatchObject({
    kind: "unwritable",
  });
});

function failureOf(body: () => unknown): StoreError {
  try {
    body();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
