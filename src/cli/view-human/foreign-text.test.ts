import { expect, test } from "vitest";
import { sampleAction, samplePlan } from "../../../test/fakes/sample-plan.ts";
import type { RunReport } from "../../operations/run-report.ts";
import type { Output } from "../cli-context.ts";
import { renderPlan } from "./view-plan.ts";
import { renderRun } from "./view-run.ts";

/** Clears the screen, where a terminal gets to see it. */
const STEERING = "\u001b[2J";
const PLAIN: Output = { write: () => {}, isTerminal: false, columns: 80, colour: false };

const PLAN = samplePlan([sampleAction({ subject: STEERING, rule: STEERING, reason: STEERING })], {
  policy: { source: STEERING, digest: "" },
  accuracy: { kind: "up-to", detail: STEERING },
  exceeds: [{ limit: "incomplete", detail: STEERING }],
  notes: [STEERING],
  kept: [
    {
      subject: STEERING,
      references: [STEERING],
      reasons: [{ rule: STEERING, detail: STEERING }],
    },
  ],
});

test.each(["listed", "counted", "hidden"] as const)(
  "a plan from anywhere steers no terminal (kept: %s)",
  (kept) => {
    expect(renderPlan(PLAIN, PLAN, kept)).not.toContain("\u001b");
  },
);

test.each([undefined, 1])("what an engine says of a run steers no terminal", (freedBytes) => {
  const report: RunReport = {
    runId: "r",
    state: "partial",
    outcomes: [{ index: 0, state: "failed", detail: STEERING, at: "" }],
    predictedBytes: 0,
    predictedAppliedBytes: 0,
    ...(freedBytes === undefined ? {} : { freedBytes }),
    freedDetail: STEERING,
    accuracy: PLAN.accuracy,
    findings: [STEERING],
  };
  expect(renderRun(PLAIN, PLAN, report, "plimsoll")).not.toContain("\u001b");
});
