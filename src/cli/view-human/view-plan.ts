import { formatSize } from "../../policy/size.ts";
import type { Action, ActionKind, Kept, Plan } from "../../plan/plan.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count, formatPredicted } from "./view-bytes.ts";
import { actionVerb, nameAction, nameSubject } from "./view-subject.ts";

const NOUNS: Readonly<Record<ActionKind, readonly [one: string, many: string]>> = {
  "delete-image": ["image", "images"],
  untag: ["name", "names"],
  "remove-container": ["container", "containers"],
  "remove-volume": ["volume", "volumes"],
  "remove-network": ["network", "networks"],
  "prune-build-cache": ["build-cache record", "build-cache records"],
};

/** The plan as a table, its totals, and what it keeps: by reason, or with `allKept` one by one. */
export function renderPlan(output: Output, plan: Plan, allKept: boolean): string {
  const parts = [
    `${plan.target.name} (${plan.target.address}) at ${plan.now}, by ${plan.policy.source}\n`,
    plan.actions.length === 0 ? "Nothing to remove.\n" : renderActions(output, plan),
    renderTotals(output, plan),
    allKept ? renderKept(output, plan.kept) : renderKeptSummary(plan.kept),
    ...plan.notes.map((note) => `${paint(output, "yellow", "Note:")} ${printable(note)}\n`),
    ...plan.exceeds.map(({ detail }) => `${paint(output, "yellow", "Brake:")} ${detail}\n`),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function renderActions(output: Output, plan: Plan): string {
  const onDisk = plan.totals.freesDiskBytes !== undefined;
  return renderTable(
    output,
    [
      { title: "ACTION" },
      { title: "WHAT", shrinks: true },
      { title: "FREES", align: "right" },
      ...(onDisk ? [{ title: "ON DISK", align: "right" } as const] : []),
      { title: "WHY", shrinks: true },
    ],
    plan.actions.map((action) => [
      actionVerb(action.kind),
      nameAction(action),
      formatSize(action.freesBytes),
      ...(onDisk ? [formatSize(action.freesDiskBytes ?? 0)] : []),
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
  const why = accuracy.detail === undefined ? "" : `${accuracy.detail}\n`;
  return `${frees}: ${countActions(plan.actions)}.\n${why}`;
}

/** `3 images, 1 container`. */
export function countActions(actions: readonly Action[]): string {
  const amounts = new Map<ActionKind, number>();
  for (const { kind } of actions) amounts.set(kind, (amounts.get(kind) ?? 0) + 1);
  return [...amounts].map(([kind, amount]) => count(amount, ...NOUNS[kind])).join(", ");
}

function renderKeptSummary(kept: readonly Kept[]): string {
  if (kept.length === 0) return "";
  const amounts = new Map<string, number>();
  for (const { reasons } of kept) {
    const rule = reasons[0]?.rule ?? "no reason";
    amounts.set(rule, (amounts.get(rule) ?? 0) + 1);
  }
  const parts = [...amounts].toSorted((left, right) => right[1] - left[1]);
  return `Keeps ${kept.length}: ${parts.map(([rule, amount]) => `${amount} ${rule}`).join(", ")} (--all-kept lists them).\n`;
}

function renderKept(output: Output, kept: readonly Kept[]): string {
  return renderTable(
    output,
    [{ title: "KEPT", shrinks: true }, { title: "RULE" }, { title: "WHY", shrinks: true }],
    kept.map(({ subject, references, reasons }) => [
      nameSubject(subject, references),
      reasons.map(({ rule }) => rule).join(", "),
      printable(reasons.map(({ detail }) => detail).join("; ")),
    ]),
  );
}
