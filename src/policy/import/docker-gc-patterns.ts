import { compileExpression } from "../expression.ts";
import type { Match, ResourceMatch } from "../policy.ts";

/** A line of an exclude file in our words, or what is wrong with it. */
export type Excluded<T> = { readonly matches: readonly T[] } | { readonly problem: string };

/** How docker-gc sees an image without names. */
const NAMELESS = "<none>:<none>";
const SHORT_ID = /^[0-9a-f]{12}$/;

/**
 * A line of docker-gc's file of excluded images: a basic regular expression on the whole of `repository:tag`, or on the ID in
 * its 12 digits.
 */
export function excludedImage(line: string): Excluded<Match> {
  if (SHORT_ID.test(line)) return { matches: [{ digest: `sha256:${line}*` }] };
  if (/^[\w/:-]+$/.test(line)) return { matches: [{ reference: line }] };
  const source = fromBasicSyntax(line);
  const expression = source === undefined ? undefined : compileExpression(`^(?:${source})$`);
  if (source === undefined || expression === undefined)
    return { problem: "not an expression that RE2 knows as well" };
  // `[^ ]` has a blank and matches none.
  if (line.replaceAll("[^ ]", "").includes(" "))
    return { problem: "goes across columns of `docker images`; name the image or its ID" };
  const matches: Match[] = [{ reference: `/^(?:${source})$/` }];
  if (expression.isFound(NAMELESS)) matches.push({ state: "untagged" });
  // Without a colon it may be meant for IDs.
  if (!line.includes(":")) matches.push({ digest: `/^sha256:(?:${source})/` });
  return { matches };
}

/**
 * A word of docker-gc's file of excluded containers: an extended regular expression that is looked for in a line of
 * `docker ps`, of which the name and the image last.
 */
export function excludedContainer(word: string): Excluded<ResourceMatch> {
  if (/^[0-9a-f]{12,64}$/.test(word))
    return { problem: "an ID; name the container, for a policy outlives it" };
  if (compileExpression(word) === undefined)
    return { problem: "not an expression that RE2 knows as well" };
  return { matches: [{ name: `/${word}/` }, { image: `/${word}/` }] };
}

/** A line of docker-gc's file of excluded volumes: an extended regular expression that is looked for in the name. */
export function excludedVolume(line: string): Excluded<ResourceMatch> {
  return compileExpression(line) === undefined
    ? { problem: "not an expression that RE2 knows as well" }
    : { matches: [{ name: `/${line}/` }] };
}

/**
 * Turns a basic regular expression (grep without -E) into RE2: there `\+ \? \| \( \) \{ \}` are operators and the same
 * signs without `\` are text. Undefined for a back-reference.
 */
function fromBasicSyntax(line: string): string | undefined {
  let source = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    const next = line[at + 1] ?? "";
    if (char === "\\") {
      if (/\d/.test(next)) return undefined;
      source += "+?|(){}".includes(next) && next !== "" ? next : `\\${next}`;
      at += 1;
    } else if (char === "[") {
      const end = line.indexOf("]", line[at + 1] === "^" ? at + 3 : at + 2);
      if (end < 0) return undefined;
      source += line.slice(at, end + 1);
      at = end;
    } else source += "+?|(){}".includes(char) ? `\\${char}` : char;
  }
  return source;
}
