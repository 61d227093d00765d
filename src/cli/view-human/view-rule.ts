import { printable } from "./printable.ts";

/** `rule releases`; one without a name is called `rule 2` already. */
export function nameRule(name: string): string {
  return /^rule \d+$/.test(name) ? name : `rule ${printable(name)}`;
}
