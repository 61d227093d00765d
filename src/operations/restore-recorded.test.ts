import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import type { ImageRebuilder, WantedImage } from "../ports/image-rebuilder.ts";
import { openRunJournal } from "../store/sqlite-run-journal.ts";
import { findRecorded } from "./restore-recorded.ts";

const KEY = "registry:registry://reg.test";
const NAME = "reg.test/team/app:1";
const { signal } = new AbortController();

function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

function id(letter: string): string {
  return `team/app@${digest(letter)}`;
}

interface Recorded {
  readonly letter: string;
  readonly references?: readonly string[];
  readonly children?: readonly string[];
  readonly subject?: string;
}

/** A journal with runs that have removed images of a registry, each a minute after the one before. */
async function afterRuns(
  runs: readonly (readonly Recorded[])[],
  collected: readonly string[] = [],
) {
  const folder = scratchFolder();
  const journal = openRunJournal(folder);
  onTestFinished(() => journal.close());
  const planIds = runs.map((images, minute) => {
    const at = `2026-11-21T12:0${minute}:00Z`;
    const actions = images.map(({ letter, references = [] }) =>
      sampleAction({ subject: id(letter), references, recovery: { way: "record", detail: "" } }),
    );
    const plan = samplePlan(actions, { id: `plan ${minute}` });
    const runId = journal.begin(plan, KEY, at);
    images.forEach(({ letter, references = [], children = [], subject }, index) => {
      const manifest = { mediaType: "application/json", text: "{}" };
      const related = {
        children: children.map(id),
        ...(subject === undefined ? {} : { subject: id(subject) }),
      };
      const description = { references, manifest, ...related };
      journal.keepRecord(runId, index, { kind: "image", id: id(letter), name: "", description });
    });
    const settled = images.map(
      (_, index) => ({ index, state: "applied", detail: "", at }) as const,
    );
    journal.record(runId, { settled, intended: [] });
    journal.finish(runId, { state: "done", at });
    return plan.id;
  });
  const bin = await openRecoveryBin(join(folder, "bin"), () => 0);
  const pushed: string[] = [];
  const rebuilder: ImageRebuilder = {
    rebuildImage: async ({ id: wanted, references }: WantedImage) => {
      if (collected.includes(wanted)) return { kind: "collected", missing: [digest("f")] };
      pushed.push(wanted);
      return { kind: "made", references, given: references, taken: [], refused: [], missing: [] };
    },
  };
  const openLookup = async () => fakeLookup();
  const ports = { registry: "reg.test", targetKey: KEY, journal, rebuilder, openLookup, bin };
  const find = (text: string, choice = {}) => findRecorded(text, choice, ports);
  return { find, pushed, planIds };
}

test("by name, with what it lists and what is attached to it, and nothing else", async () => {
  const { find, pushed } = await afterRuns([
    [
      { letter: "a", references: [NAME], children: ["b"] },
      { letter: "b" },
      { letter: "c", subject: "a", references: ["reg.test/team/app:sha256-a.sig"] },
      { letter: "d", references: ["reg.test/team/app:2"] },
    ],
  ]);
  for (const text of [NAME, "team/app:1", "aaaaaaa", digest("a"), id("a")])
    expect(find(text)?.image.id).toBe(digest("a"));
  expect(find("team/app:3")).toBeUndefined();
  const restored = await find(NAME)?.restore(signal);
  expect(restored).toMatchObject({ id: id("a"), references: [NAME], details: [] });
  expect(pushed).toEqual([id("b"), id("a"), id("c")]);
});

test("of several that had the name the latest; or the one of a run, or of a moment", async () => {
  const removals = ["a", "b", "c"].map((letter) => [{ letter, references: [NAME] }]);
  const { find, planIds } = await afterRuns(removals);
  expect(find(NAME)?.image.id).toBe(digest("c"));
  expect(find(NAME, { planId: planIds[0] })?.image.id).toBe(digest("a"));
  const atMs = Date.parse("2026-11-21T12:00:30Z");
  expect(find(NAME, { atMs })?.image.id).toBe(digest("b"));
  expect(find(NAME, { atMs: Date.parse("2026-11-22T00:00:00Z") })).toBeUndefined();
});

test("what the registry has collected is said by digest", async () => {
  const { find } = await afterRuns([[{ letter: "a", references: [NAME] }]], [id("a")]);
  await expect(find(NAME)?.restore(signal)).rejects.toThrow(
    `the registry has collected a piece of it, which nothing else has: ${digest("f")}`,
  );
});

test("an attachment that was collected is no reason to leave the image out", async () => {
  const images = [
    { letter: "a", references: [NAME] },
    { letter: "c", subject: "a" },
  ];
  const { find } = await afterRuns([images], [id("c")]);
  expect(await find(NAME)?.restore(signal)).toMatchObject({
    details: [`${id("c")}, which was attached to it, cannot come back`],
  });
});
