import { familiarName } from "../../oci/reference.ts";
import type { Fate } from "../../operations/explain-policy.ts";

/** `goes by rule "dangling" of preset dangling`, `stays by policy.yaml, without the name app:old`. */
export function decisionOf(fate: Fate, source: string): string {
  if (fate.kind === "delete") return `goes by rule "${fate.action.rule}" of ${source}`;
  if (fate.untags.length === 0) return `stays by ${source}`;
  const names = fate.untags.map(({ subject }) => familiarName(subject));
  return `stays by ${source}, without the name${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}

export function reasonsOf(fate: Fate): readonly string[] {
  if (fate.kind === "delete") return [fate.action.reason];
  return [...new Set(fate.reasons.map(({ rule, detail }) => `${rule}: ${detail}`))];
}
