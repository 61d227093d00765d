import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeTarget, type FakeTraits } from "../../test/fakes/fake-target.ts";
import { MemoryJournal } from "../../test/fakes/memory-journal.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Action } from "../plan/plan.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { applyPlan } from "./apply-plan.ts";

interface Options {
  readonly journal?: MemoryJournal;
  readonly onSettled?: (action: Action, outcome: ActionOutcome) => void;
  readonly signal?: AbortSignal;
}

async function run(target: FakeTarget, actions: readonly Action[], options: Options = {}) {
  return await applyPlan({
    plan: samplePlan(actions),
    inventory: await target.observe(),
    remover: target,
    journal: options.journal ?? new MemoryJournal(),
    runId: "run-1",
    secure: () => Promise.resolve({ detail: "" }),
    clock: () => Date.parse("2026-11-21T12:00:00Z"),
    signal: options.signal ?? new AbortController().signal,
    onSettled: options.onSettled ?? (() => {}),
    onChecking: () => {},
  });
}

/** `count` images of 100 bytes each, nothing shared. */
function hostOf(count: number, traits: FakeTraits = {}) {
  const target = new FakeTarget(traits);
  const actions = Array.from({ length: count }, (_, index) => {
    target.addImage(`sha256:${index}`, { [`layer-${index}`]: 100 });
    return sampleAction({ subject: `sha256:${index}`, freesBytes: 100 });
  });
  return { target, actions };
}

test("every action is written down before and after it is carried out", async () => {
  const { target, actions } = hostOf(20);
  const journal = new MemoryJournal();
  target.onRemoval = (subject) => expect(journal.intended.map(String)).toContain(subject.slice(7));
  const result = await run(target, actions, { journal });
  expect(result).toMatchObject({ state: "done", freed: { bytes: 2_000 }, findings: [] });
  expect(target.images.size).toBe(0);
  expect([...journal.settled.keys()].toSorted((a, b) => a - b)).toEqual([...actions.keys()]);
  expect(journal.commits).toBeLessThan(20);
});

test("no more at once than the target bears", async () => {
  const { target, actions } = hostOf(30, { concurrency: 7, removalMs: 2 });
  await run(target, actions);
  expect(target.mostAtOnce).toBe(7);
});

test("a wave begins when the one before it has ended", async () => {
  const target = new FakeTarget({ removalMs: 2 });
  target.addImage("sha256:parent", { base: 10 }, { references: ["docker.io/library/base:1"] });
  target.addImage("sha256:child", { base: 10, top: 5 }, { parent: "sha256:parent" });
  target.addContainer("c1", { imageId: "sha256:child", sizeBytes: 3 });
  const result = await run(target, [
    sampleAction({
      subject: "sha256:parent",
      references: ["docker.io/library/base:1"],
      wave: 2,
      freesBytes: 10,
    }),
    sampleAction({ subject: "sha256:child", wave: 1, freesBytes: 5 }),
    sampleAction({ kind: "remove-container", subject: "c1", wave: 0, freesBytes: 3 }),
  ]);
  expect(target.asked).toEqual(["c1", "sha256:child", "sha256:parent"]);
  expect(result).toMatchObject({ state: "done", freed: { bytes: 18 } });
});

test("an untagged parent that went with its child counts as applied", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:parent", { base: 10 });
  target.addImage("sha256:child", { base: 10, top: 5 }, { parent: "sha256:parent" });
  const result = await run(target, [
    sampleAction({ subject: "sha256:child", freesBytes: 5 }),
    sampleAction({ subject: "sha256:parent", wave: 1, freesBytes: 10 }),
  ]);
  expect(result.outcomes.map(({ state }) => state)).toEqual(["applied", "applied"]);
  expect(result.freed.bytes).toBe(15);
});

test("where a container stays, its image stays", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 10 });
  target.addContainer("c1", { imageId: "sha256:a", name: "web" });
  target.faults.set("c1", "failed");
  const result = await run(target, [
    sampleAction({ kind: "remove-container", subject: "c1" }),
    sampleAction({ subject: "sha256:a", wave: 1, freesBytes: 10 }),
  ]);
  expect(result.outcomes).toMatchObject([
    { state: "failed" },
    { state: "skipped", detail: "is in use by container web" },
  ]);
  expect(result.state).toBe("partial");
});

test("a stop lets what is in flight end and begins nothing else", async () => {
  const { target, actions } = hostOf(40, { concurrency: 4, removalMs: 3 });
  const stop = new AbortController();
  target.onRemoved = () => target.images.size === 36 && stop.abort();
  const result = await run(target, actions, { signal: stop.signal });
  expect(result.state).toBe("stopped");
  const applied = result.outcomes.filter(({ state }) => state === "applied").length;
  expect(applied).toBe(40 - target.images.size);
  expect(applied).toBeLessThanOrEqual(8);
  const skipped = result.outcomes.filter(({ state }) => state === "skipped");
  expect(skipped.every(({ detail }) => detail === "stopped")).toBe(true);
  expect(applied + skipped.length).toBe(40);
});

test("removals that free nothing stop the run", async () => {
  const { target, actions } = hostOf(40, { concurrency: 1 });
  for (const key of target.blobs.keys()) target.heldBlobs.set(key, "build cache");
  const result = await run(target, actions);
  expect(result.state).toBe("stopped");
  expect(target.images.size).toBe(30);
  expect(result.findings).toEqual([
    "the first 10 removals that should have freed 1kB freed nothing",
    expect.stringContaining(
      "1kB stayed, kept by build cache: layer-0, layer-1, layer-2 and 7 more",
    ),
  ]);
  expect(result.freed.bytes).toBe(0);
});

test("what a cache record stands on was not predicted, and is not said to have stayed", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:one", { own: 100, cached: 1_000 });
  target.addImage("sha256:two", { leaked: 50 });
  const inventory = await target.observe();
  const record = {
    id: "record",
    type: "regular",
    description: "",
    inUse: false,
    shared: true,
    sizeBytes: 1_000,
    parents: [],
    blobs: ["cached"],
  };
  target.observe = async () => ({ ...inventory, buildCache: [record] });
  for (const key of ["cached", "leaked"]) target.heldBlobs.set(key, "");
  const result = await run(target, [
    sampleAction({ subject: "sha256:one", freesBytes: 100 }),
    sampleAction({ subject: "sha256:two", freesBytes: 50 }),
  ]);
  expect(result.freed.bytes).toBe(100);
  expect(result.findings).toEqual([expect.stringMatching(/^50B stayed, kept by .*: leaked$/)]);
});

test("where the target does not tell of each removal there is no such stop", async () => {
  const { target, actions } = hostOf(20, { tellsDeletedBlobs: false });
  expect(await run(target, actions)).toMatchObject({ state: "done" });
});

test("a journal that cannot be written any more ends the run; nothing else is removed", async () => {
  const { target, actions } = hostOf(50, { concurrency: 4 });
  const journal = new MemoryJournal();
  journal.brokenFrom = 3;
  await expect(run(target, actions, { journal })).rejects.toThrow("the disk is full");
  expect(target.asked.every((subject) => journal.intended.includes(Number(subject.slice(7))))).toBe(
    true,
  );
  expect(target.images.size).toBeGreaterThanOrEqual(40);
});

test("what has ended is in the journal even where the run fails", async () => {
  const { target, actions } = hostOf(1);
  const journal = new MemoryJournal();
  const onSettled = () => {
    throw new Error("nobody listens any more");
  };
  await expect(run(target, actions, { journal, onSettled })).rejects.toThrow("nobody listens");
  expect(journal.settled.get(0)).toMatchObject({ state: "applied" });
});

test("what cannot be swept, and what cannot be checked, is told", async () => {
  const { target, actions } = hostOf(1);
  target.stillListed = () => Promise.reject(new Error("no list"));
  target.sweep = () => Promise.reject(new Error("no space"));
  expect(await run(target, actions)).toMatchObject({
    state: "done",
    findings: [
      "whether everything went could not be checked: no list",
      "what nothing reaches any more could not be swept: no space",
    ],
  });
});

test("a blob of which two removals tell has been freed once", async () => {
  const { target, actions } = hostOf(2, { concurrency: 1 });
  const { deleteImage } = target;
  target.deleteImage = async (...asked) => ({
    ...(await deleteImage.apply(target, asked)),
    deletedBlobs: ["layer-0"],
  });
  const { outcomes, freed } = await run(target, actions);
  expect(outcomes.map(({ freedBytes }) => freedBytes)).toEqual([100, 0]);
  expect(freed.bytes).toBe(100);
});

test("what the target said was deleted and still lists is deleted once more", async () => {
  const target = new FakeTarget({ keepsParents: true, tellsDeletedBlobs: false });
  target.addImage("sha256:parent", { base: 10 });
  // A build that begins after everybody has looked, and is undone again.
  target.onRemoval = () => target.addImage("sha256:child", {}, { parent: "sha256:parent" });
  target.onRemoved = () => {
    target.onRemoval = () => {};
    target.images.delete("sha256:child");
  };
  const deleted = await run(target, [sampleAction({ subject: "sha256:parent" })]);
  expect(deleted.state).toBe("done");
  expect(target.images.size).toBe(0);
  expect(target.asked).toEqual(["sha256:parent", "sha256:parent"]);
});

test("what stays listed all the same is corrected to failed, in the journal too", async () => {
  const target = new FakeTarget({ keepsParents: true });
  target.addImage("sha256:parent", { base: 10 });
  target.onRemoval = () => target.addImage("sha256:new", {}, { parent: "sha256:parent" });
  const journal = new MemoryJournal();
  const result = await run(target, [sampleAction({ subject: "sha256:parent" })], { journal });
  const corrected = {
    state: "failed",
    detail: "still listed although the target said it was deleted",
  };
  expect(result).toMatchObject({ state: "partial", outcomes: [corrected] });
  expect(journal.settled.get(0)).toMatchObject(corrected);
});

test.each([
  [
    "gained a name",
    (target: FakeTarget) => target.images.get("sha256:child")?.references.push("late:1"),
    "skipped",
  ],
  [
    "is used now",
    (target: FakeTarget) => target.addContainer("web", { imageId: "sha256:child" }),
    "skipped",
  ],
  [
    "could not be deleted",
    (target: FakeTarget) => target.faults.set("sha256:child", "failed"),
    "failed",
  ],
] as const)(
  "where a child stays because it %s, its parent stays too",
  async (_why, change, state) => {
    const target = new FakeTarget({ keepsParents: true });
    target.addImage("sha256:parent", { base: 10 }, { references: ["docker.io/library/base:1"] });
    target.addImage("sha256:child", { base: 10 }, { parent: "sha256:parent" });
    const actions = [
      sampleAction({ subject: "sha256:child" }),
      sampleAction({
        subject: "sha256:parent",
        references: ["docker.io/library/base:1"],
        wave: 1,
      }),
    ];
    change(target);
    const result = await run(target, actions);
    expect(result.outcomes).toMatchObject([
      { state },
      { state: "skipped", detail: expect.stringMatching(/^is needed by .*, which stays$/) },
    ]);
    expect(target.images.get("sha256:parent")?.references).toEqual(["docker.io/library/base:1"]);
  },
);

test("a parent goes where its child is gone already", async () => {
  const target = new FakeTarget({ keepsParents: true });
  target.addImage("sha256:parent", { base: 10 });
  target.addImage("sha256:child", { base: 10 }, { parent: "sha256:parent" });
  target.faults.set("sha256:child", "gone");
  target.onRemoval = (subject) => subject === "sha256:child" && target.images.delete(subject);
  const result = await run(target, [
    sampleAction({ subject: "sha256:child" }),
    sampleAction({ subject: "sha256:parent", wave: 1 }),
  ]);
  expect(result.outcomes.map(({ state }) => state)).toEqual(["gone", "applied"]);
});

const MEASURES: readonly (readonly [string, FakeTraits, number | undefined, string])[] = [
  ["blobs told by removal", {}, 300, "content that the target says went away"],
  [
    "blobs told by the sweep",
    { tellsDeletedBlobs: false, sweeps: true },
    300,
    "content that the target says went away",
  ],
  [
    "blobs looked for",
    { tellsDeletedBlobs: false, seesBlobs: true },
    300,
    "content that is not there any more",
  ],
  [
    "totals compared",
    { tellsDeletedBlobs: false, countsContent: true },
    300,
    "difference of the target's own total; whatever else changed meanwhile is in it",
  ],
  [
    "nothing to go by",
    { tellsDeletedBlobs: false },
    undefined,
    "content of images not measured: the target does not tell",
  ],
];

test.each(MEASURES)("measured by %s", async (_name, traits, bytes, detail) => {
  const { target, actions } = hostOf(3, traits);
  target.addImage("sha256:kept", { "layer-kept": 50 });
  const { freed } = await run(target, actions);
  expect(freed.bytes).toBe(bytes);
  expect(freed.detail).toBe(detail);
});

test("names free nothing, and that needs no measuring", async () => {
  const { target } = hostOf(0, { tellsDeletedBlobs: false });
  const references = ["docker.io/library/app:1", "docker.io/library/app:2"];
  target.addImage("sha256:app", { layer: 5 }, { references });
  const [subject = ""] = references;
  const untag = { kind: "untag", subject, imageId: "sha256:app", references: [subject] } as const;
  const { outcomes, freed } = await run(target, [sampleAction(untag)]);
  expect(outcomes).toMatchObject([{ state: "applied" }]);
  expect(freed).toEqual({ bytes: 0, detail: "", findings: [] });
});

test("what the target tells of containers is added, what it does not tell is named", async () => {
  const { target, actions } = hostOf(1);
  target.addContainer("c1", { imageId: "sha256:x", sizeBytes: 7 });
  target.volumes.set("v1", 9);
  const result = await run(target, [
    ...actions,
    sampleAction({ kind: "remove-container", subject: "c1", freesBytes: 7 }),
    sampleAction({ kind: "remove-volume", subject: "v1", freesBytes: 9 }),
  ]);
  expect(result.freed).toMatchObject({
    bytes: 107,
    detail: "content that the target says went away; not measured: 1 volume",
  });
});

test("property: every action has exactly one outcome, and the journal has the same", async () => {
  const fault = fc.constantFrom(
    undefined,
    "gone" as const,
    "conflict" as const,
    "refused" as const,
    "timed-out" as const,
    "failed" as const,
    new Error("hang up"),
  );
  const step = fc.record({
    wave: fc.nat({ max: 3 }),
    exists: fc.boolean(),
    blind: fc.boolean(),
    fault,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.nat({ max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      async (steps, stopAfter, concurrency) => {
        const target = new FakeTarget({ concurrency });
        const stop = new AbortController();
        const actions = steps.map(({ wave, exists, blind, fault: end }, index) => {
          const subject = `sha256:${index}`;
          if (exists) target.addImage(subject, { [`layer-${index}`]: index });
          if (blind) target.blind.set(subject, new Error("blind"));
          if (end !== undefined) target.faults.set(subject, end);
          return sampleAction({ subject, wave, freesBytes: index });
        });
        let settled = 0;
        const journal = new MemoryJournal();
        const result = await run(target, actions, {
          journal,
          signal: stop.signal,
          onSettled: () => {
            settled += 1;
            if (settled === stopAfter) stop.abort();
          },
        });
        expect(settled).toBe(actions.length);
        expect(result.outcomes.map(({ index }) => index)).toEqual([...actions.keys()]);
        expect(result.outcomes).toEqual(
          result.outcomes.map(({ index }) => journal.settled.get(index)),
        );
        const removed = result.outcomes.filter(({ state }) => state === "applied");
        expect(removed.filter(({ index }) => target.images.has(`sha256:${index}`))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});
