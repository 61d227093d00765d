import type { PolicyComparison } from "../../operations/compare-policies.ts";
import type { Difference, Side } from "../../plan/compare-plans.ts";
import type { Plan } from "../../plan/plan.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count, formatPredicted } from "./view-bytes.ts";
import { formatMoment } from "./view-moment.ts";
import { countActions } from "./count-actions.ts";
import { actionVerb, nameSubject } from "./view-subject.ts";
import { nameTarget } from "./view-target.ts";

/** What the new policy would remove and keep beyond the old one. */
export function renderPolicyDiff(output: Output, comparison: PolicyComparison): string {
  const { old, new: next, alsoRemoved, alsoKept, removedByBoth } = comparison;
  const isSame = alsoRemoved.length + alsoKept.length === 0;
  const parts = [
    `${nameTarget(next.target)} at ${formatMoment(next.now)}\n`,
    [
      outcome("Old", old),
      outcome("New", next),
      `Both  ${count(removedByBoth.actions, "removal")}, ${formatSize(removedByBoth.freesBytes)}\n`,
    ].join(""),
    isSame ? "They decide the same.\n" : "",
    renderDifferences(output, "The new policy also removes", alsoRemoved),
    renderDifferences(output, "The new policy keeps what the old one removes:", alsoKept),
    ...[...new Set([...old.notes, ...next.notes])].map(
      (note) => `${paint(output, "yellow", "Note:")} ${printable(note)}\n`,
    ),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function outcome(which: string, { policy, totals, accuracy, actions }: Plan): string {
  const what = actions.length === 0 ? "removes nothing" : `removes ${countActions(actions)}`;
  const frees = formatPredicted(totals.freesBytes, accuracy);
  return `${which}   ${printable(policy.source)} ${what}, frees ${frees}\n`;
}

function renderDifferences(
  output: Output,
  title: string,
  differences: readonly Difference[],
): string {
  if (differences.length === 0) return "";
  const freesBytes = differences.reduce((sum, each) => sum + each.freesBytes, 0);
  const heading = paint(
    output,
    "bold",
    `${title} ${count(differences.length, "thing")}, ${formatSize(freesBytes)}`,
  );
  return `${heading}\n${renderTable(
    output,
    [
      { title: "ACTION" },
      { title: "WHAT", wraps: true },
      { title: "FREES", align: "right" },
      { title: "OLD AND NEW", wraps: true },
    ],
    differences.map((each) => [
      actionVerb(each.kind),
      nameSubject(each.subject, each.references),
      formatSize(each.freesBytes),
      `old: ${saySide(each.old)}; new: ${saySide(each.new)}`,
    ]),
  )}`;
}

function saySide(side: Side): string {
  if (side.decision === "remove")
    return `goes by ${printable(side.rule)} (${printable(side.reason)})`;
  const [first] = side.reasons;
  if (first === undefined) return "stays, no rule is about it";
  return `stays by ${printable(first.rule)} (${printable(first.detail)})`;
}
