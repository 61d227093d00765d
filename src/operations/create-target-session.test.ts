import { expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { openRunJournal } from "../store/sqlite-run-journal.ts";
import { StoreError } from "../store/store-error.ts";
import { createTargetSession, type TargetParts } from "./create-target-session.ts";
import type { ApplyOptions } from "./run-report.ts";

const SIGNAL = new AbortController().signal;
const OPTIONS: ApplyOptions = {
  signal: SIGNAL,
  unattended: true,
  beyondLimits: false,
  onEvent: () => {},
};

function session(over: Partial<TargetParts> = {}) {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 10 });
  const calls = { observe: 0, engineId: 0, remover: 0 };
  const notices: string[] = [];
  const state = scratchFolder();
  const parts: TargetParts = {
    reader: {
      target: target.target,
      observe: () => {
        calls.observe += 1;
        return target.observe();
      },
    },
    details: { raw: async () => ({}), layers: async () => [] },
    readEngineId: async () => {
      calls.engineId += 1;
      return "ABCD";
    },
    openRemover: async () => {
      calls.remover += 1;
      return target;
    },
    openJournal: () => openRunJournal(state),
    sightings: { record: () => new Map() },
    leases: { acquire: () => ({ granted: true, release: () => {} }) },
    clock: () => Date.parse("2026-11-21T12:00:00Z"),
    notify: (notice) => notices.push(notice),
    close: async () => {},
    ...over,
  };
  return { session: createTargetSession(parts), calls, notices };
}

const PLAN = samplePlan([sampleAction({ subject: "sha256:a", freesBytes: 10 })]);

test("what only reads never gets at the remover", async () => {
  const { session: target, calls } = session();
  await target.observe({ signal: SIGNAL });
  expect(await target.reconcile()).toEqual([]);
  expect(calls).toEqual({ observe: 1, engineId: 0, remover: 0 });
});

test("an apply takes the sizes from the inventory that its plan was made of", async () => {
  const { session: target, calls } = session();
  await target.observe({ signal: SIGNAL });
  expect(await target.apply(PLAN, OPTIONS)).toMatchObject({ freedBytes: 10 });
  expect(calls.observe).toBe(1);
});

test("an apply of a plan that was made before takes an inventory of its own", async () => {
  const { session: target, calls } = session();
  expect(await target.apply(PLAN, OPTIONS)).toMatchObject({ freedBytes: 10 });
  expect(calls).toEqual({ observe: 1, engineId: 1, remover: 1 });
});

test("without a journal reading goes on with a notice, and removing does not", async () => {
  const openJournal = () => {
    throw new StoreError("corrupt", "/s/state.db", "/s/state.db: is damaged", "");
  };
  const { session: target, notices } = session({ openJournal });
  expect(await target.reconcile()).toEqual([]);
  expect(notices).toEqual([expect.stringContaining("/s/state.db: is damaged")]);
  await expect(target.apply(PLAN, OPTIONS)).rejects.toMatchObject({ kind: "corrupt" });
});
