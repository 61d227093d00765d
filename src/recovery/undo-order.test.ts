import { expect, test } from "vitest";

import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Action } from "../plan/plan.ts";
import type { RemovedRecord } from "../ports/removed-record.ts";
import type { ActionState } from "../ports/run-journal.ts";
import { removedBy } from "./undo-order.ts";

const BY_RECORD: Action["recovery"] = { way: "record", detail: "" };
const MANIFEST = { mediaType: "application/json", text: "{}" };

interface Recorded {
  readonly id: string;
  readonly children?: readonly string[];
  readonly subject?: string;
  readonly manifest?: object;
  readonly state?: ActionState;
}

/** What a run brings back that removed these in this order. */
function broughtBack(images: readonly Recorded[]): readonly string[] {
  const actions = images.map(({ id }) => sampleAction({ subject: id, recovery: BY_RECORD }));
  const records = images.map(({ id, state: _state, ...description }): RemovedRecord => ({
    kind: "image",
    id,
    name: "",
    description,
  }));
  const outcomes = images.map(({ state = "applied" }, index) => ({
    index,
    state,
    detail: "",
    at: "2026-11-21T12:00:00Z",
  }));
  const recordOf = (index: number) => records[index];
  return removedBy({ plan: samplePlan(actions), outcomes, recordOf }).map(
    ({ action }) => action.subject,
  );
}

test("what an index lists comes before it, at any depth; what is attached after its subject", () => {
  expect(
    broughtBack([
      { id: "outer", children: ["inner", "shared"] },
      { id: "inner", children: ["leaf"] },
      { id: "leaf" },
      { id: "shared" },
      { id: "signature", subject: "outer" },
      { id: "of the signature", subject: "signature" },
    ]),
  ).toEqual(["shared", "leaf", "inner", "outer", "signature", "of the signature"]);
});

test("without neighbours the last removed comes first", () => {
  expect(broughtBack([{ id: "a" }, { id: "b", children: ["elsewhere"] }])).toEqual(["b", "a"]);
});

test("a record that claims a circle ends", () => {
  const circle = [
    { id: "a", children: ["b"] },
    { id: "b", children: ["a"] },
  ];
  expect(broughtBack(circle)).toHaveLength(2);
});

test("what was gone comes back where its manifest was written down before", () => {
  expect(
    broughtBack([
      { id: "gone", state: "gone" },
      { id: "gone with a record", state: "gone", manifest: MANIFEST },
      { id: "skipped", state: "skipped", manifest: MANIFEST },
      { id: "unknown", state: "unknown" },
    ]),
  ).toEqual(["unknown", "gone with a record"]);
});
