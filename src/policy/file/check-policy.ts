import type { ImageRule, Match } from "../policy.ts";
import { matchesEverything } from "./implied-match.ts";
import type { OffsetProblem } from "./locate-values.ts";
import { valueAt, type LocatedValue, type ValuePath } from "./located-value.ts";
import { DEFAULT_NAMES, listedName } from "./assemble-policy.ts";
import { shadowedRules } from "./shadowed-rules.ts";

/** Sections whose rules have names; a name is one rule's in its section. */
const SECTIONS = ["images", "containers", "volumes", "networks", "buildCache"] as const;

/** Names that stand twice. Looked for in any file, whatever else is wrong with it. */
export function duplicateNames(root: LocatedValue): readonly OffsetProblem[] {
  return SECTIONS.flatMap((section) => duplicatesIn(root, section));
}

function duplicatesIn(
  root: LocatedValue,
  section: (typeof SECTIONS)[number],
): readonly OffsetProblem[] {
  const seen = new Set<unknown>();
  const problems: OffsetProblem[] = [];
  const rules = valueAt(root, [section]);
  const named = rules?.members ?? [...(rules?.entries?.values() ?? [])].map(({ value }) => value);
  for (const [index, rule] of named.entries()) {
    const name = valueAt(rule, ["name"]);
    const text = name?.value ?? defaultName(section, index, rules?.members === undefined);
    if (text === undefined) continue;
    if (seen.has(text)) {
      const { start, end } = name ?? rule;
      const place = name === undefined ? { start } : { start, end };
      problems.push({ ...place, detail: "is the name of an earlier rule of this section" });
    }
    seen.add(text);
  }
  return problems;
}

function defaultName(
  section: (typeof SECTIONS)[number],
  index: number,
  isShort: boolean,
): string | undefined {
  if (isShort) return undefined;
  const names = DEFAULT_NAMES[section];
  return typeof names === "function" ? names(index) : listedName(section, index);
}

/** Rules and protections by their place in the file; undefined for one that could not be read. */
export interface ReadParts {
  readonly images: readonly (ImageRule | undefined)[];
  readonly protect: readonly (Match | undefined)[];
}

/** What a policy says that cannot be meant. */
export function contradictions(
  { images, protect }: ReadParts,
  root: LocatedValue,
): readonly OffsetProblem[] {
  const useless = shadowedRules(images).map(({ index, by }) => {
    const line = by.position === undefined ? "" : ` (line ${by.position.line})`;
    const name = images[index]?.name ?? "";
    const detail = `rule "${name}" can never decide: "${by.name}"${line} takes everything it matches`;
    return { start: startOf(root, ["images", index]), detail };
  });
  const unlimited = protect.flatMap((match, index) => {
    if (match === undefined || !matchesEverything(match)) return [];
    const detail = "this protects every image there is: nothing could ever be removed";
    return [{ start: startOf(root, ["protect", index]), detail }];
  });
  return [...useless, ...unlimited];
}

function startOf(root: LocatedValue, path: ValuePath): number {
  return (valueAt(root, path) ?? root).start;
}
