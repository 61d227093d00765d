import { describe, expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import type { Plan } from "../plan/plan.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import { openRunJournal } from "../store/sqlite-run-journal.ts";
import { apply, type ApplyPorts } from "./apply.ts";
import type { ApplyOptions, RunEvent } from "./run-report.ts";

const FREE: LeaseOffice = { acquire: () => ({ granted: true, release: () => {} }) };

function host() {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 10, base: 1 });
  target.addImage("sha256:b", { lb: 20, base: 1 });
  const plan = samplePlan([
    sampleAction({ subject: "sha256:a", freesBytes: 10 }),
    sampleAction({ subject: "sha256:gone", freesBytes: 5 }),
  ]);
  const ports: ApplyPorts = {
    target: target.target,
    targetKey: "engine:1",
    remover: target,
    journal: openRunJournal(scratchFolder()),
    leases: FREE,
    clock: () => Date.parse("2026-11-21T12:00:00Z"),
    takeInventory: () => target.observe(),
  };
  return { target, plan, ports };
}

const OPTIONS: ApplyOptions = {
  signal: new AbortController().signal,
  unattended: true,
  beyondLimits: false,
  onEvent: () => {},
};

test("predicted and measured bytes stand side by side, and the journal has the run", async () => {
  const { target, plan, ports } = host();
  const events: RunEvent["kind"][] = [];
  const report = await apply(plan, ports, {
    ...OPTIONS,
    onEvent: ({ kind }) => events.push(kind),
  });
  expect(report).toMatchObject({
    state: "done",
    predictedBytes: 15,
    predictedAppliedBytes: 10,
    freedBytes: 10,
    freedDetail: "content that the target says went away",
    accuracy: { kind: "exact" },
    findings: [],
  });
  expect(events).toEqual(["started", "settled", "settled", "checking"]);
  expect([...target.images.keys()]).toEqual(["sha256:b"]);
  expect(ports.journal.run(report.runId)).toMatchObject({
    summary: { state: "done", freedBytes: 10, counts: { applied: 1, gone: 1 } },
    outcomes: report.outcomes,
  });
});

const LIMIT = { limit: "images", detail: "8 of 10 images would go" } as const;
const REFUSALS: readonly (readonly [string, Partial<Plan>, Partial<ApplyPorts>, object])[] = [
  [
    "a plan of a later version",
    { schema: "plimsoll.plan/2" as Plan["schema"] },
    {},
    { kind: "unknown-plan", message: expect.stringContaining('"plimsoll.plan/2"') },
  ],
  [
    "a plan as of a later day",
    { asOf: "2027-01-01T00:00:00.000Z" },
    {},
    { kind: "as-of", message: expect.stringContaining("2027-01-01T00:00:00.000Z") },
  ],
  [
    "a plan decided by a moment that has not come",
    { now: "2026-11-22T12:00:00.000Z" },
    {},
    { kind: "as-of", message: expect.stringContaining("2026-11-22T12:00:00.000Z") },
  ],
  [
    "a plan for which hosts were asked long ago",
    { askedHosts: ["build-1"], now: "2026-11-21T10:59:59.000Z" },
    {},
    { kind: "stale-use", message: expect.stringContaining("build-1") },
  ],
  [
    "a plan for another address",
    { target: { kind: "engine", name: "fake", address: "tcp://elsewhere:2376" } },
    {},
    { kind: "other-target", message: expect.stringContaining("tcp://elsewhere:2376") },
  ],
  [
    "a plan beyond the limits, with nobody there",
    { exceeds: [LIMIT] },
    {},
    {
      kind: "beyond-limits",
      message: expect.stringContaining("8 of 10 images would go (images)"),
      hint: expect.stringContaining("--beyond-limits"),
    },
  ],
  [
    "a target that another process is at",
    {},
    {
      leases: {
        acquire: () => ({ granted: false, holder: { pid: 4711, since: "2026-11-21T11:59:00Z" } }),
      },
    },
    {
      kind: "lease-held",
      message: "another plimsoll (pid 4711, since 2026-11-21T11:59:00Z) is applying to this target",
    },
  ],
];

test.each(REFUSALS)("%s is refused before anything", async (_name, planOver, portsOver, error) => {
  const { target, plan, ports } = host();
  await expect(
    apply({ ...plan, ...planOver }, { ...ports, ...portsOver }, OPTIONS),
  ).rejects.toMatchObject(error);
  expect(target.asked).toEqual([]);
  expect(ports.journal.runs(1)).toEqual([]);
});

test("limits hold back nobody who answers for them", async () => {
  for (const options of [{ unattended: false }, { beyondLimits: true }]) {
    const { plan, ports } = host();
    const report = await apply({ ...plan, exceeds: [LIMIT] }, ports, { ...OPTIONS, ...options });
    expect(report.state).toBe("done");
  }
});

test.each([
  ["what hosts answered an hour ago", { askedHosts: ["build-1"], now: "2026-11-21T11:00:00.000Z" }],
  ["a plan of any age for which none was asked", { now: "2026-10-01T00:00:00.000Z" }],
  ["a plan for which there was none to ask", { askedHosts: [], now: "2026-10-01T00:00:00.000Z" }],
])("%s holds", async (_what, planOver) => {
  const { plan, ports } = host();
  expect(await apply({ ...plan, ...planOver }, ports, OPTIONS)).toMatchObject({ state: "done" });
});

test("a plan is applied once", async () => {
  const { plan, ports } = host();
  const { runId } = await apply(plan, ports, OPTIONS);
  await expect(apply(plan, ports, OPTIONS)).rejects.toMatchObject({
    kind: "already-applied",
    message: expect.stringContaining(runId),
  });
});

test("the lease is given back, whatever happens", async () => {
  const { plan, ports } = host();
  let held = 0;
  const leases: LeaseOffice = {
    acquire: () => {
      held += 1;
      return { granted: true, release: () => (held -= 1) };
    },
  };
  await apply(plan, { ...ports, leases }, OPTIONS);
  const takeInventory = () => Promise.reject(new Error("no engine"));
  const other = samplePlan([]);
  await expect(apply(other, { ...ports, leases, takeInventory }, OPTIONS)).rejects.toThrow(
    "no engine",
  );
  expect(held).toBe(0);
});

describe("room in the bin", () => {
  const ARCHIVE = { limit: "archive", detail: "the bin has no room" } as const;
  const archived = { way: "archive", detail: "", bytes: 500 } as const;

  function roomy(freeBytes: number) {
    const { plan, ports, target } = host();
    const [first, second] = plan.actions;
    if (first === undefined || second === undefined) throw new Error("two actions");
    const recovery: NonNullable<ApplyPorts["recovery"]> = {
      reader: { formOf: neverAsked, readContent: neverAsked },
      openBin: neverAsked,
      openLookup: neverAsked,
      viewBin: async (directory = "/own") => ({
        directory,
        freeBytes,
        holds: () => false,
        isOnDiskOf: async () => false,
      }),
    };
    const actions = [{ ...first, recovery: archived }, second];
    const totals = { ...plan.totals, archiveBytes: 500 };
    return { target, plan: { ...plan, actions, totals }, ports: { ...ports, recovery } };
  }

  const neverAsked = (): never => {
    throw new Error("nothing is to be read yet");
  };

  test("what the plan found too little of, nobody can answer for", async () => {
    const { plan, ports, target } = host();
    const options = { ...OPTIONS, unattended: false, beyondLimits: true };
    await expect(apply({ ...plan, exceeds: [ARCHIVE] }, ports, options)).rejects.toMatchObject({
      kind: "archive",
      message: "the bin has no room",
      hint: expect.stringMatching(/--bin DIR.*backup.*--recovery record.*--no-recovery/),
    });
    expect(target.asked).toEqual([]);
  });

  test("it is looked at again when the plan is carried out", async () => {
    const { plan, ports, target } = roomy(400);
    await expect(apply(plan, ports, OPTIONS)).rejects.toMatchObject({
      kind: "archive",
      message: expect.stringContaining("/own has 400B free"),
    });
    expect(target.asked).toEqual([]);
    expect(ports.journal.runs(1)).toEqual([]);
    await expect(apply(plan, ports, { ...OPTIONS, binDirectory: "/named" })).rejects.toMatchObject({
      message: expect.stringContaining("/named has 400B free"),
    });
  });

  test("an image that cannot be put there stays, and the others go", async () => {
    const { plan, ports, target } = roomy(1e12);
    const report = await apply(plan, ports, OPTIONS);
    expect(report.outcomes).toMatchObject([
      { state: "failed", detail: expect.stringContaining("stays, for it would have no way back") },
      { state: "gone" },
    ]);
    expect(report.putBy).toBeUndefined();
    expect(target.images.has("sha256:a")).toBe(true);
  });
});
