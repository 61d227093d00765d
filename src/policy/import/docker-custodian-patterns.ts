import type { Pattern } from "../policy.ts";

/**
 * A pattern of Python's fnmatch on `repository:tag`. There `*` crosses `/`, which a glob here does not: where that makes a
 * difference it becomes an expression. A name without a tag matches nothing there; here it means every tag.
 */
export function tagPattern(pattern: string): Pattern {
  const colon = pattern.indexOf(":", pattern.lastIndexOf("/") + 1);
  const name = colon < 0 ? pattern : pattern.slice(0, colon);
  return isPlain(name) ? pattern : `/^${expressionOf(pattern, ".")}$/`;
}

/** `key` or `key=value`, each a pattern of fnmatch. */
export function labelPattern(pattern: string): Pattern {
  if (isPlain(pattern)) return pattern;
  const equals = pattern.indexOf("=");
  if (equals < 0) return `/^${expressionOf(pattern, "[^=]")}=/`;
  const key = expressionOf(pattern.slice(0, equals), "[^=]");
  return `/^${key}=${expressionOf(pattern.slice(equals + 1), "(?s:.)")}$/`;
}

function isPlain(pattern: string): boolean {
  return !/[*?[]/.test(pattern);
}

/** @param any what `*` and `?` stand for */
function expressionOf(pattern: string, any: string): string {
  return pattern.replace(/\*+|\?|\[!?\]?[^\]]*\]|[^*?]/g, (part: string): string => {
    if (part.startsWith("*")) return `${any}*`;
    if (part === "?") return any;
    if (part.length > 1)
      return `[${part.slice(1, -1).replace(/^!/, "^").replaceAll("\\", "\\\\")}]`;
    return part.replace(/[\\^$.|+()[\]{}]/, "\\$&");
  });
}
