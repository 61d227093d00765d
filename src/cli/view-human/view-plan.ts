import { formatSize } from "../../policy/size.ts";
import type { Kept, Plan } from "../../plan/plan.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { countActions } from "./count-actions.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { formatPredicted } from "./view-bytes.ts";
import { formatMoment } from "./view-moment.ts";
import { nameRule } from "./view-rule.ts";
import { nameTarget } from "./view-target.ts";
import { actionVerb, nameAction, nameSubject } from "./view-subject.ts";
import {
  haveDifferentWays,
  nameWay,
  sayBeyondImages,
  sayHeldBack,
  sayWaysBack,
} from "./view-ways-back.ts";

/** How what a plan keeps is shown: one by one, by reason, or not at all. */
export type KeptView = "listed" | "counted" | "hidden";

/** The plan as a table, its totals, its brakes, and what it keeps. */
export function renderPlan(output: Output, plan: Plan, kept: KeptView): string {
  const parts = [
    `${nameTarget(plan.target)} at ${formatMoment(plan.now)}, by ${printable(plan.policy.source)}\n`,
    plan.actions.length === 0 ? "Nothing to remove.\n" : renderActions(output, plan),
    renderTotals(output, plan) + sayWaysBack(plan) + sayBeyondImages(plan),
    kept === "listed" && plan.kept.length > 0 ? renderKept(output, plan.kept) : "",
    kept === "counted" ? renderKeptSummary(plan.kept) : "",
    kept !== "hidden" && plan.kept.length === 0 && plan.actions.length > 0
      ? `${paint(output, "yellow", "Keeps nothing.")}\n`
      : "",
    kept === "hidden" ? "" : sayHeldBack(plan.kept),
    ...plan.notes.map((note) => `${paint(output, "yellow", "Note:")} ${printable(note)}\n`),
    ...plan.exceeds.map(
      ({ detail }) => `${paint(output, "yellow", "Brake:")} ${printable(detail)}\n`,
    ),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function renderActions(output: Output, plan: Plan): string {
  const onDisk = plan.totals.freesDiskBytes !== undefined;
  const severalWays = haveDifferentWays(plan.actions);
  const severalRules = new Set(plan.actions.map(({ rule }) => rule)).size > 1;
  return renderTable(
    output,
    [
      { title: "ACTION" },
      { title: "WHAT", wraps: true },
      { title: "FREES", align: "right" },
      ...(onDisk ? [{ title: "ON DISK", align: "right" } as const] : []),
      ...(severalWays ? [{ title: "BACK FROM" }] : []),
      ...(severalRules ? [{ title: "RULE" }] : []),
      { title: "WHY", wraps: true },
    ],
    plan.actions.map((action) => [
      actionVerb(action.kind),
      nameAction(action),
      formatSize(action.freesBytes),
      ...(onDisk ? [formatSize(action.freesDiskBytes ?? 0)] : []),
      ...(severalWays ? [nameWay(action)] : []),
      ...(severalRules ? [printable(action.rule)] : []),
      printable(action.reason),
    ]),
  );
}

function renderTotals(output: Output, plan: Plan): string {
  const { totals, accuracy } = plan;
  if (plan.actions.length === 0) return "";
  const disk =
    totals.freesDiskBytes === undefined ? "" : ` (${formatSize(totals.freesDiskBytes)} on disk)`;
  const frees = paint(
    output,
    "bold",
    `Frees ${formatPredicted(totals.freesBytes, accuracy)}${disk}`,
  );
  const why = accuracy.detail === undefined ? "" : `; ${printable(accuracy.detail)}`;
  return `${frees}: ${countActions(plan.actions)}${why}.\n`;
}

/** What the fixed reasons of a plan are called here; any other name is a rule of the policy. */
const KEPT_BECAUSE: Readonly<Record<string, string>> = {
  "in-use": "in use",
  protected: "protected",
  "no-rule": "not asked for",
  "not-named": "not named",
  "age-unknown": "of unknown age",
  "usage-unknown": "that may be in use",
  unreadable: "not readable",
  needed: "needed by another",
  "no-way-back": "that cannot be put by",
};

function renderKeptSummary(kept: readonly Kept[]): string {
  if (kept.length === 0) return "";
  const amounts = new Map<string, number>();
  for (const { reasons } of kept) {
    const rule = reasons[0]?.rule ?? "";
    const because = KEPT_BECAUSE[rule] ?? `kept by ${nameRule(rule)}`;
    amounts.set(because, (amounts.get(because) ?? 0) + 1);
  }
  const parts = [...amounts].toSorted((left, right) => right[1] - left[1]);
  const summary = parts.map(([because, amount]) => `${amount} ${because}`).join(", ");
  return `Keeps ${kept.length}: ${summary}.\n`;
}

function renderKept(output: Output, kept: readonly Kept[]): string {
  return renderTable(
    output,
    [{ title: "KEPT", wraps: true }, { title: "RULE" }, { title: "WHY", wraps: true }],
    kept.map(({ subject, references, reasons }) => [
      nameSubject(subject, references),
      printable(reasons.map(({ rule }) => rule).join(", ")),
      printable(reasons.map(({ detail }) => detail).join("; ")),
    ]),
  );
}
