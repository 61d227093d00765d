/** A glob that matches this text and no other. */
export function literalGlob(text: string): string {
  return text.replaceAll(/[\\*?[]/g, "\\$&");
}

/** A glob for patterns of which `*` alone is special. */
export function starGlob(pattern: string): string {
  return pattern.split("*").map(literalGlob).join("*");
}

/** As many globs may stand for one: nested alternatives multiply. */
const MOST_ALTERNATIVES = 1000;

/**
 * Writes a doublestar pattern as globs without `{a,b}`; the rest of its grammar is that of ours. Undefined where its braces
 * or brackets do not pair up, or where it has too many alternatives.
 */
export function expandBraces(pattern: string): readonly string[] | undefined {
  const parts = splitAtBraces(pattern);
  if (parts === undefined) return undefined;
  if (parts === "plain") return [pattern];
  const rest = expandBraces(parts.after);
  if (rest === undefined) return undefined;
  const all: string[] = [];
  for (const alternative of parts.alternatives) {
    const middles = expandBraces(alternative);
    if (middles === undefined) return undefined;
    for (const middle of middles) {
      for (const end of rest) all.push(parts.before + middle + end);
    }
    if (all.length > MOST_ALTERNATIVES) return undefined;
  }
  return all;
}

interface Parts {
  readonly before: string;
  readonly alternatives: readonly string[];
  readonly after: string;
}

/** Splits at the first `{…}` that is neither escaped nor inside a class. */
function splitAtBraces(pattern: string): Parts | "plain" | undefined {
  let depth = 0;
  let start = -1;
  let from = 0;
  const alternatives: string[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === "\\") {
      if ((at += 1) === pattern.length) return undefined;
    } else if (char === "[") {
      at = pattern.indexOf("]", at + 2);
      if (at < 0) return undefined;
    } else if (char === "{") {
      if ((depth += 1) === 1) [start, from] = [at, at + 1];
    } else if (char === "," && depth === 1) {
      alternatives.push(pattern.slice(from, at));
      from = at + 1;
    } else if (char === "}" && depth > 0 && (depth -= 1) === 0) {
      alternatives.push(pattern.slice(from, at));
      return { before: pattern.slice(0, start), alternatives, after: pattern.slice(at + 1) };
    }
  }
  return depth === 0 ? "plain" : undefined;
}
