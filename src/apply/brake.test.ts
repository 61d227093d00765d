import { expect, test } from "vitest";
import { sampleAction } from "../../test/fakes/sample-plan.ts";
import type { Action } from "../plan/plan.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { FreesNothingBrake } from "./brake.ts";

const IMAGE = sampleAction({ subject: "sha256:a", freesBytes: 100 });

type Removal = readonly [action: Action, outcome: Partial<ActionOutcome>];

/** After how many of these removals the run is stopped. */
function stopsAfter(removals: readonly Removal[]): number | undefined {
  const brake = new FreesNothingBrake();
  const at = removals.findIndex(
    ([action, outcome], index) =>
      brake.check(action, { index, state: "applied", detail: "", at: "", ...outcome }) !==
      undefined,
  );
  return at === -1 ? undefined : at + 1;
}

const many = (removal: Removal): readonly Removal[] => Array.from({ length: 30 }, () => removal);
const FREED_NOTHING: Removal = [IMAGE, {}];

test.each<[what: string, removals: readonly Removal[], after: number | undefined]>([
  ["ten that should have freed something and freed nothing", many(FREED_NOTHING), 10],
  ["as the target says in so many words", many([IMAGE, { freedBytes: 0 }]), 10],
  [
    "one that freed something goes before them",
    [[IMAGE, { freedBytes: 1 }], ...many(FREED_NOTHING)],
    undefined,
  ],
  [
    "one that was to free nothing does not count",
    many([{ ...IMAGE, freesBytes: 0 }, {}]),
    undefined,
  ],
  ["nor does one beside the ten", [[{ ...IMAGE, freesBytes: 0 }, {}], ...many(FREED_NOTHING)], 11],
  ["one that was skipped does not count", many([IMAGE, { state: "skipped" }]), undefined],
  ["nor one that was gone already", many([IMAGE, { state: "gone" }]), undefined],
  [
    "nor what is no image, whatever that freed",
    [
      [sampleAction({ kind: "remove-container", subject: "c1", freesBytes: 9 }), { freedBytes: 9 }],
      ...many(FREED_NOTHING),
    ],
    11,
  ],
])("%s", (_what, removals, after) => {
  expect(stopsAfter(removals)).toBe(after);
});
