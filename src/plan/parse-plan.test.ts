import { describe, expect, test } from "vitest";

import { planFor, sha256 } from "../../test/fixtures/host-in-words.ts";
import { fingerprintPlan } from "./fingerprint.ts";
import { parsePlan } from "./parse-plan.ts";
import type { Plan } from "./plan.ts";

const plan = planFor(
  {
    images: { app: { names: "app:1" }, kept: { names: "kept:1" } },
    containers: { job: { state: "exited", ended: "9d", sizeBytes: 5 } },
    volumes: { v1: {} },
    networks: { n1: {} },
    cache: { step: {} },
  },
  {
    protect: [{ repository: "kept" }],
    images: [{ name: "all", match: {}, keep: {} }],
    containers: [{ name: "exited", states: ["exited", "created"], within: 0 }],
    volumes: [{ name: "volumes", which: "anonymous", within: 0 }],
    networks: [{ name: "networks", within: 0 }],
    buildCache: [{ name: "cache", within: 0 }],
  },
);

/** A deep copy with another value at the path (`actions.0.kind`), and the ID that belongs to it. */
function altered(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(plan)) as Plan;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const owner = keys.reduce<unknown>((each, key) => (each as Record<string, unknown>)[key], copy);
  (owner as Record<string, unknown>)[last] = value;
  return copy;
}

test("a plan with actions of every kind is read as it was saved", () => {
  expect(new Set(plan.actions.map(({ kind }) => kind)).size).toBe(5);
  expect(parsePlan(JSON.parse(JSON.stringify(plan)), sha256)).toEqual(plan);
});

test("fields that a later version adds are no alteration", () => {
  expect(parsePlan({ ...plan, comment: "approved" }, sha256)).toMatchObject({ id: plan.id });
});

test.each([
  [undefined, "it has no schema field"],
  [null, "it has no schema field"],
  [[], "it has no schema field"],
  [{ schema: 1 }, "it has no schema field"],
  [{ schema: "plimsoll.inventory/1" }, 'its schema is "plimsoll.inventory/1", not plimsoll.plan/1'],
])("%j is no plan", (document, detail) => {
  expect(parsePlan(document, sha256)).toEqual({ kind: "not-a-plan", detail });
});

test("a later schema is refused by name", () => {
  expect(parsePlan({ ...plan, schema: "plimsoll.plan/2" }, sha256)).toEqual({
    kind: "newer-schema",
    detail: "its schema is plimsoll.plan/2; this version reads plimsoll.plan/1",
  });
});

describe("a malformed plan is refused, with the place", () => {
  test.each<[path: string, value: unknown, place: string]>([
    ["id", 1, "id"],
    ["target", undefined, "target"],
    ["target.kind", "vm", "target.kind"],
    ["now", "today", "now"],
    ["policy.digest", undefined, "policy.digest"],
    ["inventoryDigest", null, "inventoryDigest"],
    ["complete", 1, "complete"],
    ["problems", undefined, "problems"],
    ["accuracy.kind", "rough", "accuracy.kind"],
    ["exceeds", [{}], "exceeds[0].limit"],
    ["notes", "none", "notes"],
    ["actions", undefined, "actions"],
    ["actions.0.kind", "remove-everything", "actions[0].kind"],
    ["actions.0.subject", undefined, "actions[0].subject"],
    ["actions.0.references", "app", "actions[0].references"],
    ["actions.0.freesBytes", -1, "actions[0].freesBytes"],
    ["actions.0.freesDiskBytes", "1", "actions[0].freesDiskBytes"],
    ["actions.0.wave", "0", "actions[0].wave"],
    ["actions.0.recovery", undefined, "actions[0].recovery"],
    ["actions.0.recovery.way", "hope", "actions[0].recovery.way"],
    ["kept.0.reasons.0.detail", undefined, "kept[0].reasons[0].detail"],
    ["totals.freesBytes", undefined, "totals.freesBytes"],
  ])("%s: %j", (path, value, place) => {
    const problem = parsePlan(altered(path, value), sha256);
    expect(problem).toMatchObject({ kind: "malformed" });
    expect("detail" in problem && problem.detail).toMatch(
      new RegExp(`^${place.replaceAll(/[[\].]/g, "\\$&")} must be `),
    );
  });
});

describe("a plan that was changed is refused", () => {
  test.each<[path: string, value: unknown]>([
    ["now", "2026-11-22T12:00:00Z"],
    ["target.address", "unix:///run/other.sock"],
    ["complete", false],
    ["notes", ["all is well"]],
    ["actions.0.subject", "another"],
    ["actions.0.references", ["another"]],
    ["actions.0.imageId", "another"],
    ["actions.0.rule", "another"],
    ["actions.0.reason", "another"],
    ["actions.0.freesBytes", 6],
    ["actions.0.freesDiskBytes", 6],
    ["actions.0.wave", 9],
    ["actions.0.recovery.detail", "another"],
    ["actions", []],
    ["kept", []],
    ["kept.0.reasons.0.detail", "another"],
    ["totals.freesBytes", 1e12],
  ])("%s", (path, value) => {
    expect(parsePlan(altered(path, value), sha256)).toMatchObject({ kind: "altered" });
  });

  test("unless its ID was made anew: then it is another plan", () => {
    const { id: _id, ...body } = { ...plan, notes: ["looked at"] };
    const id = fingerprintPlan(body, sha256);
    expect(parsePlan({ id, ...body }, sha256)).toMatchObject({ notes: ["looked at"] });
    expect(id).not.toBe(plan.id);
  });
});
