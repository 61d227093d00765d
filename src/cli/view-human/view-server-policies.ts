import type { ServerComparison } from "../../operations/server-policies.ts";
import type { TranslatedPolicy } from "../../operations/write-server-policies.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count } from "./view-bytes.ts";

/** What a registry would take by itself, beside what a plan would. */
export function renderServerComparisons(
  output: Output,
  compared: readonly ServerComparison[],
): string {
  if (compared.length === 0) return "There is nothing to ask the registry about.\n";
  return compared.map((each) => renderComparison(output, each)).join("\n");
}

function renderComparison(
  output: Output,
  { repository, both, onlyServer, onlyPlan }: ServerComparison,
): string {
  const asked = both.length + onlyServer.length;
  const isSame = onlyServer.length + onlyPlan.length === 0;
  const rows = [
    ...onlyServer.map(({ tag, kept }) => [tag, "the registry", `kept here: ${kept}`]),
    ...onlyPlan.map(({ tag, rule }) => [tag, "the plan", `rule ${rule}`]),
  ];
  const title = paint(output, "bold", printable(repository));
  const what = asked === 0 ? "no tag" : count(asked, "tag");
  const summary = `${title}: the registry would take ${what}${isSame ? ", as a plan does" : ""}\n`;
  if (isSame) return summary;
  const columns = [
    { title: "TAG" },
    { title: "TAKEN BY ALONE" },
    { title: "WHY", wraps: true },
  ] as const;
  return `${summary}${renderTable(
    output,
    columns,
    rows.map((row) => row.map(printable)),
  )}`;
}

/** A policy in the registry's terms, and what cannot be said there. */
export function renderTranslated(translated: readonly TranslatedPolicy[]): string {
  if (translated.length === 0) return "The policy has no rules for these repositories.\n";
  const remarks = [...new Set(translated.flatMap((each) => each.remarks))];
  return [
    ...translated.map(renderRepository),
    ...remarks.map((remark) => `Mind: ${printable(remark)}\n`),
  ].join("");
}

function renderRepository({ repository, policies, unsayable }: TranslatedPolicy): string {
  const lines = policies.map(({ rule, policy: { rules } }) => {
    const words = rules.map(
      ({ field, operator, values }) => `${field} ${operator} ${values.join(",")}`,
    );
    return `  ${rule}: ${words.join(" and ")}`;
  });
  const lacking = unsayable.map(
    ({ rule, detail }) => `  ${rule === undefined ? "" : `${rule} `}cannot be said: ${detail}`,
  );
  return `${[repository, ...lines, ...lacking].map(printable).join("\n")}\n`;
}

/** What was added to the registry. */
export function renderAdded(
  written: readonly {
    readonly repository: string;
    readonly added: number;
    readonly others: number;
  }[],
): string {
  return written
    .map(({ repository, added, others }) => {
      const beside = others === 0 ? "" : `; ${others} others there go on pruning`;
      const what = added === 0 ? "nothing to add" : `${added} added`;
      return `${printable(repository)}: ${what}${beside}\n`;
    })
    .join("");
}
