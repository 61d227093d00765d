import { expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import { openRunJournal } from "../store/sqlite-run-journal.ts";
import { reconcile } from "./reconcile.ts";

const AT = "2026-11-21T12:00:00Z";
const KEY = "engine:1";

/** A run that ended in the middle: the first five actions were begun, the last was not. */
function cutOff() {
  const target = new FakeTarget();
  target.addImage("sha256:there", {});
  target.addImage("sha256:moved", {}, { references: ["docker.io/library/app:1"] });
  target.blind.set("c1", new Error("no route"));
  const plan = samplePlan([
    sampleAction({ subject: "sha256:went" }),
    sampleAction({ subject: "sha256:there" }),
    sampleAction({ kind: "untag", subject: "docker.io/library/app:1", imageId: "sha256:was" }),
    sampleAction({ kind: "remove-container", subject: "c1" }),
    sampleAction({ kind: "prune-build-cache", subject: "r1" }),
    sampleAction({ subject: "sha256:never" }),
  ]);
  const journal = openRunJournal(scratchFolder());
  const runId = journal.begin(plan, KEY, AT);
  journal.record(runId, { settled: [], intended: [0, 1, 2, 3, 4] });
  const ports = (leases: LeaseOffice) => ({
    targetKey: KEY,
    journal,
    leases,
    clock: () => Date.parse(AT),
    openLooker: async () => target,
  });
  return { journal, runId, ports };
}

const FREE: LeaseOffice = { acquire: () => ({ granted: true, release: () => {} }) };
const HELD: LeaseOffice = { acquire: () => ({ granted: false }) };

test("each action that was begun is looked for", async () => {
  const { journal, runId, ports } = cutOff();
  const [summary, ...more] = await reconcile(ports(FREE));
  expect(more).toEqual([]);
  expect(summary).toMatchObject({
    id: runId,
    state: "interrupted",
    counts: { applied: 2, gone: 0, skipped: 2, failed: 0, unknown: 2 },
  });
  expect(journal.run(runId)?.outcomes.map(({ state, detail }) => [state, detail])).toEqual([
    ["applied", "the run was interrupted; it is gone"],
    ["skipped", "interrupted before it was removed"],
    ["applied", "the run was interrupted; it is gone"],
    ["unknown", "the run was interrupted; looking again: no route"],
    ["unknown", "the run was interrupted"],
    ["skipped", "the run was interrupted before it"],
  ]);
  expect(await reconcile(ports(FREE))).toEqual([]);
});

test("what the bin has of those is told", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:there", {});
  const recovery = { way: "archive", detail: "" } as const;
  const plan = samplePlan([
    sampleAction({ subject: "sha256:went", recovery }),
    sampleAction({ subject: "sha256:there", recovery }),
    sampleAction({ subject: "sha256:there" }),
  ]);
  const journal = openRunJournal(scratchFolder());
  const runId = journal.begin(plan, KEY, AT);
  journal.record(runId, { settled: [], intended: [0, 1, 2] });
  const [run] = await reconcile({
    targetKey: KEY,
    journal,
    leases: FREE,
    clock: () => Date.parse(AT),
    openLooker: async () => target,
    isInBin: async (planId) => planId === plan.id,
  });
  expect(run?.found.map(({ outcome }) => outcome.detail)).toEqual([
    "the run was interrupted; it is gone, and in the recovery bin",
    "interrupted before it was removed; it had been put into the recovery bin already, which does no harm",
    "interrupted before it was removed",
  ]);
});

test("a run that another process is at is left to it", async () => {
  const { journal, ports } = cutOff();
  expect(await reconcile(ports(HELD))).toEqual([]);
  expect(journal.unfinished(KEY)).toHaveLength(1);
});
