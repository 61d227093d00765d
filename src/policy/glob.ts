/** A compiled glob. */
export type Glob = (text: string) => boolean;

/**
 * Compiles a glob over `/`-separated segments: `*` and `?` stay inside a segment, `[a-z]` and `[!a-z]` stand for one
 * character, a segment `**` for any number of segments (at least one at the end of a pattern). Whole text, case-sensitive.
 * Matching takes at most pattern × text steps: no input makes it slow.
 */
export function compileGlob(pattern: string): Glob {
  if (!/[*?[\\]/.test(pattern)) return (text) => text === pattern;
  if (pattern === "**") return () => true;
  const segments = pattern
    .split("/")
    .map((segment) => (segment === "**" ? "**" : compileSegment(segment)));
  const [only] = segments;
  if (segments.length === 1 && only !== undefined && only !== "**")
    return (text) => only(text) && !text.includes("/");
  return (text) => matchSegments(segments, text.split("/"));
}

/** Matches a text without `/`. */
type Segment = (text: string) => boolean;

function matchSegments(pattern: readonly ("**" | Segment)[], texts: readonly string[]): boolean {
  let p = 0;
  let t = 0;
  let resumeP = -1;
  let resumeT = 0;
  while (t < texts.length) {
    const segment = pattern[p];
    if (segment === "**") {
      if (p === pattern.length - 1) return true;
      resumeP = p;
      resumeT = t;
      p += 1;
    } else if (segment?.(texts[t] ?? "") === true) {
      p += 1;
      t += 1;
    } else if (resumeP >= 0) {
      resumeT += 1;
      t = resumeT;
      p = resumeP + 1;
    } else {
      return false;
    }
  }
  return p === pattern.length;
}

function compileSegment(segment: string): Segment {
  if (!/[?[\\]/.test(segment)) return compileStars(segment.split("*"));
  const tokens = parseSegment(segment);
  return (text) => matchTokens(tokens, text);
}

/** Literals with stars between them: the first at the start, the last at the end, the others as early as they are found. */
function compileStars(literals: readonly string[]): Segment {
  const first = literals[0] ?? "";
  const last = literals.at(-1) ?? "";
  if (literals.length === 1) return (text) => text === first;
  const between = literals.slice(1, -1).filter((literal) => literal !== "");
  const shortest = first.length + last.length;
  return (text) => {
    if (text.length < shortest || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const literal of between) {
      const at = text.indexOf(literal, from);
      if (at < 0) return false;
      from = at + literal.length;
    }
    return from <= text.length - last.length;
  };
}

type Token =
  | { readonly kind: "star" }
  | { readonly kind: "one"; readonly accepts: (char: string) => boolean };

function matchTokens(tokens: readonly Token[], text: string): boolean {
  let p = 0;
  let t = 0;
  let resumeP = -1;
  let resumeT = 0;
  while (t < text.length) {
    const token = tokens[p];
    if (token?.kind === "star") {
      resumeP = p;
      resumeT = t;
      p += 1;
    } else if (token?.kind === "one" && token.accepts(text[t] ?? "")) {
      p += 1;
      t += 1;
    } else if (resumeP >= 0) {
      resumeT += 1;
      t = resumeT;
      p = resumeP + 1;
    } else {
      return false;
    }
  }
  while (tokens[p]?.kind === "star") p += 1;
  return p === tokens.length;
}

function parseSegment(segment: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < segment.length; i += 1) {
    const char = segment[i] ?? "";
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") {
      tokens.push({ kind: "one", accepts: () => true });
    } else if (char === "[" && segment.indexOf("]", i + 2) > 0) {
      const end = segment.indexOf("]", i + 2);
      tokens.push({ kind: "one", accepts: parseClass(segment.slice(i + 1, end)) });
      i = end;
    } else {
      const literal = char === "\\" && i + 1 < segment.length ? (segment[(i += 1)] ?? "") : char;
      tokens.push({ kind: "one", accepts: (other) => other === literal });
    }
  }
  return tokens;
}

function parseClass(body: string): (char: string) => boolean {
  const negated = /^[!^]./.test(body);
  const text = negated ? body.slice(1) : body;
  const ranges: (readonly [from: string, to: string])[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const from = text[i] ?? "";
    if (text[i + 1] === "-" && i + 2 < text.length) {
      ranges.push([from, text[i + 2] ?? ""]);
      i += 2;
    } else {
      ranges.push([from, from]);
    }
  }
  return (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated;
}
