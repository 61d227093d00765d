import { PLAN_SCHEMA, type Action, type Plan } from "../../src/plan/plan.ts";

export function sampleAction(over: Partial<Action> & Pick<Action, "subject">): Action {
  return {
    kind: "delete-image",
    references: [],
    rule: "dangling",
    reason: "dangling for 3 days",
    freesBytes: 0,
    wave: 0,
    recovery: { way: "none", detail: "" },
    ...over,
  };
}

/** A plan of these actions; its ID tells plans of different actions apart. */
export function samplePlan(actions: readonly Action[], over: Partial<Plan> = {}): Plan {
  const freesBytes = actions.reduce((sum, action) => sum + action.freesBytes, 0);
  return {
    schema: PLAN_SCHEMA,
    id: `sha256:${actions.map(({ kind, subject }) => `${kind} ${subject}`).join(", ")}`,
    target: { kind: "engine", name: "fake", address: "unix:///run/fake.sock" },
    now: "2026-11-20T12:00:00Z",
    policy: { source: "preset dangling", digest: "sha256:policy" },
    inventoryDigest: "sha256:inventory",
    complete: true,
    problems: [],
    notes: [],
    accuracy: { kind: "exact" },
    exceeds: [],
    actions,
    kept: [],
    totals: { images: actions.length, references: 0, freesBytes, archiveBytes: 0 },
    ...over,
  };
}
