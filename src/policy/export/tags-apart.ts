import { listOf } from "../pattern.ts";
import type { Match, TagPattern } from "../policy.ts";

/** Whether no tag can match both, as far as whole tags and beginnings tell. */
export function areApart(a: Match, b: Match): boolean {
  const others = patternsOf(b);
  return patternsOf(a).some((each) => others.some((other) => differ(each, other)));
}

/** One list for each question about the tag; all of them have to hold. */
function patternsOf({ tag, all = [] }: Match): readonly (readonly TagPattern[])[] {
  return [...(tag === undefined ? [] : [listOf<TagPattern>(tag)]), ...all.flatMap(patternsOf)];
}

function differ(a: readonly TagPattern[], b: readonly TagPattern[]): boolean {
  return a.every((each) => b.every((other) => isOther(each, other)));
}

function isOther(a: TagPattern, b: TagPattern): boolean {
  const [one, other] = [beginningOf(a), beginningOf(b)];
  if (one === undefined || other === undefined) return false;
  if (one.isWhole && other.isWhole) return one.text !== other.text;
  if (one.isWhole) return !one.text.startsWith(other.text);
  if (other.isWhole) return !other.text.startsWith(one.text);
  return !one.text.startsWith(other.text) && !other.text.startsWith(one.text);
}

/** What a tag begins with, or is; undefined where a pattern does not tell. */
function beginningOf(pattern: TagPattern): { text: string; isWhole: boolean } | undefined {
  if (typeof pattern !== "string") return undefined;
  const [, text, star] = /^([\w.-]+)(\*?)$/.exec(pattern) ?? [];
  return text === undefined ? undefined : { text, isWhole: star === "" };
}
