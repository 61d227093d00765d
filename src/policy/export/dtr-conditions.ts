import { listOf } from "../pattern.ts";
import type { DurationMs, Match, TagPattern } from "../policy.ts";
import { isScope } from "./repository-scope.ts";

/** One condition of a pruning policy (docker/docs, ee/dtr/user/tag-pruning.md). Several values are alternatives. */
export interface DtrRule {
  readonly field: "tag" | "updated_at_duration";
  readonly operator: string;
  readonly values: readonly string[];
}

/** What has to hold, all of it; of the rules in one condition, one. */
export type DtrCondition = readonly DtrRule[];

export interface Conditions {
  readonly conditions: readonly DtrCondition[];
  /** Parts of the match that cannot be said, each a sentence. */
  readonly unsayable: readonly string[];
}

/** A match in DTR's terms, without what it says of registry and repository. */
export function conditionsOf(match: Match): Conditions {
  const conditions: DtrCondition[] = [];
  const unsayable: string[] = [];
  const add = (part: Conditions): void => {
    conditions.push(...part.conditions);
    unsayable.push(...part.unsayable);
  };
  const { registry: _, repository: __, tag, olderThan, by, all, not, ...others } = match;
  if (tag !== undefined) add(taggedBy(listOf<TagPattern>(tag)));
  if (olderThan !== undefined) add(aged(olderThan, by, "bf"));
  for (const part of all ?? []) add(conditionsOf(part));
  if (not !== undefined && !isScope(not)) add(negated(not));
  for (const field of Object.keys(others)) unsayable.push(`it cannot ask for ${field}`);
  return { conditions, unsayable };
}

/** Older (`bf`) or younger (`af`) than that, by the time of the tag's last push. */
export function aged(duration: DurationMs, by: Match["by"], operator: "bf" | "af"): Conditions {
  if (by !== "arrived")
    return said(
      [],
      `it knows the time of the push alone: write by: arrived, not ${by ?? "active"}`,
    );
  const hours = duration / 3_600_000;
  // Durations are Go's, which have no days.
  const text = Number.isInteger(hours) ? `${hours}h` : `${Math.ceil(duration / 1000)}s`;
  return said([[{ field: "updated_at_duration", operator, values: [text] }]]);
}

function negated(match: Match): Conditions {
  const { tag, olderThan, by, ...others } = match;
  const isOne = (tag === undefined) !== (olderThan === undefined);
  if (!isOne || Object.keys(others).length > 0)
    return said([], "it cannot say not, but of whole tags and of an age");
  if (olderThan !== undefined) return aged(olderThan, by, "af");
  const tags = exactTags(tag === undefined ? [] : listOf<TagPattern>(tag));
  return tags === undefined
    ? said([], "it can except whole tags, and no patterns")
    : said([[{ field: "tag", operator: "noo", values: tags }]]);
}

/** The tags that patterns name as they are; undefined where one is more than a name. */
export function exactTags(patterns: readonly TagPattern[]): readonly string[] | undefined {
  const exact = patterns.filter(
    (pattern): pattern is string => typeof pattern === "string" && /^[\w.-]+$/.test(pattern),
  );
  return exact.length === patterns.length ? exact : undefined;
}

function taggedBy(patterns: readonly TagPattern[]): Conditions {
  const values = new Map<string, string[]>();
  const unsayable: string[] = [];
  for (const pattern of patterns) {
    const read = typeof pattern === "string" ? readPattern(pattern) : undefined;
    if (read === "any") return said([]);
    if (read === undefined) {
      const text = typeof pattern === "string" ? pattern : `semver ${pattern.semver}`;
      unsayable.push(`it knows whole tags, their beginnings, ends and parts, and not "${text}"`);
      continue;
    }
    values.set(read.operator, [...(values.get(read.operator) ?? []), read.value]);
  }
  const rules = [...values].map(([operator, each]): DtrRule => ({
    field: "tag",
    operator,
    values: each,
  }));
  return { conditions: [rules], unsayable };
}

function readPattern(
  pattern: string,
): { readonly operator: string; readonly value: string } | "any" | undefined {
  if (/^\**$/.test(pattern)) return "any";
  // An expression: MSR from 2.9 on.
  const expression = /^\/(.+)\/$/.exec(pattern)?.[1];
  if (expression !== undefined) return { operator: "matches", value: expression };
  const [, before, value, after] = /^(\*?)([\w.-]+)(\*?)$/.exec(pattern) ?? [];
  if (value === undefined) return undefined;
  if (before === "") return { operator: after === "" ? "oo" : "sw", value };
  return { operator: after === "" ? "ew" : "c", value };
}

function said(conditions: readonly DtrCondition[], ...unsayable: readonly string[]): Conditions {
  return { conditions, unsayable };
}
