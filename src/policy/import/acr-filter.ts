import { compileExpression } from "../expression.ts";
import type { Match, Pattern } from "../policy.ts";
import { literalGlob } from "./foreign-globs.ts";

/** A `--filter REPOSITORY:TAG` of `acr purge`: both parts are .NET expressions. */
export type AcrFilter =
  | { readonly kind: "filter"; readonly repository: Pattern; readonly tag: Pattern }
  /** Right in .NET, and outside RE2. */
  | { readonly kind: "outside" }
  | { readonly kind: "problem"; readonly detail: string };

export function readFilter(text: string): AcrFilter {
  const parts = splitFilter(text);
  const [repository = "", tag = ""] = parts;
  if (parts.length !== 2 || repository === "" || tag === "") {
    return { kind: "problem", detail: "must be REPOSITORY:TAG, an expression each" };
  }
  const isLiteral = /^[\w/-]+$/.test(repository);
  // acr puts no group around the expression, and anchors the one on repositories only.
  const sources = isLiteral ? [tag] : [`^${repository}$`, tag];
  const wrong = sources.find((source) => !isExpression(source));
  if (wrong !== undefined) return { kind: "problem", detail: `"${wrong}" is not an expression` };
  if (!sources.every((source) => compileExpression(source))) return { kind: "outside" };
  return {
    kind: "filter",
    repository: isLiteral ? literalGlob(repository) : `/^${repository}$/`,
    tag: `/${tag}/`,
  };
}

/** A question for the tags that the filter is on. */
export function matchOf(filter: Extract<AcrFilter, { kind: "filter" }>, registry: string): Match {
  return { registry, repository: filter.repository, tag: filter.tag };
}

/** Splits at colons that belong to neither a group `(?i:…)` nor a class `[[:alpha:]]`. */
function splitFilter(text: string): readonly string[] {
  const parts = [""];
  let inClass = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    const last = parts.length - 1;
    if (char === "\\") {
      parts[last] += text.slice(at, at + 2);
      at += 1;
      continue;
    }
    if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    const separates = char === ":" && !inClass && !/\(\?[a-zA-Z-]*$/.test(parts[last] ?? "");
    if (separates) parts.push("");
    else parts[last] += char;
  }
  return parts;
}

/** Whether anything understands it; never run. JavaScript's expressions are close to .NET's where RE2 ends. */
function isExpression(source: string): boolean {
  if (compileExpression(source) !== undefined) return true;
  try {
    return new RegExp(source) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
