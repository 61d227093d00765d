import type { Age, DurationMs, Keep, Match, Pattern, Patterns } from "../policy.ts";

/** All of them must hold: in one question where no field is asked twice. */
export function everyOf(parts: readonly Match[]): Match {
  const asked = parts.filter((part) => Object.keys(part).length > 0);
  const names = asked.flatMap(Object.keys);
  if (new Set(names).size === names.length) return Object.assign({}, ...asked) as Match;
  return { all: asked };
}

/** One of them must hold; equal ones are asked once, and one that holds for every image is no question. */
export function someOf(parts: readonly Match[]): Match {
  const distinct = [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
  const [only] = distinct;
  if (distinct.some((part) => Object.keys(part).length === 0)) return {};
  return only !== undefined && distinct.length === 1 ? only : { any: distinct };
}

/** Paths of repositories on any registry. */
export function onPaths(paths: readonly Pattern[]): Match {
  return { registry: "*", repository: oneOrMore(paths) };
}

export function oneOrMore(patterns: readonly Pattern[]): Patterns {
  const [only] = patterns;
  return only !== undefined && patterns.length === 1 ? only : patterns;
}

/** Criteria that go by one time. */
interface Criteria {
  readonly by: Age;
  readonly within?: DurationMs | undefined;
  readonly last?: number | undefined;
}

/** Keeps what meets any of the criteria; without one it keeps nothing. */
export function keepAny(all: readonly Criteria[]): Keep {
  const criteria = all.flatMap(({ by, within, last }): readonly Keep[] =>
    within === undefined && last === undefined
      ? []
      : [
          {
            by,
            ...(within === undefined ? {} : { within }),
            ...(last === undefined ? {} : { last }),
          },
        ],
  );
  return criteria.length > 1 ? { anyOf: criteria } : { ...criteria[0] };
}

export const DAY_MS = 86_400_000;
