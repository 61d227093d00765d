import { criteriaOf } from "./criteria.ts";
import { expressionIn, listOf } from "./pattern.ts";
import type { Keep, Match, Patterns, Policy, ResourceMatch } from "./policy.ts";

/** Which libraries deciding by a policy takes. */
export interface LibraryNeeds {
  readonly expressions: boolean;
  readonly versions: boolean;
}

export function libraryNeeds(policy: Policy): LibraryNeeds {
  const matches = [...policy.protect, ...policy.images.map(({ match }) => match)].flatMap(partsOf);
  const criteria = policy.images.flatMap(({ keep }) => criteriaOf(keep));
  const { containers = [], volumes = [], networks = [] } = policy;
  const resources = [...containers, ...volumes, ...networks].flatMap(
    ({ match = [], except = [] }) => [...match, ...except],
  );
  return {
    expressions:
      matches.some(hasExpression) ||
      criteria.some(({ per }) => typeof per === "object") ||
      resources.some(hasResourceExpression),
    versions: matches.some(hasRange) || criteria.some(needsVersions),
  };
}

export function needsOfMatch(match: Match): LibraryNeeds {
  const parts = partsOf(match);
  return { expressions: parts.some(hasExpression), versions: parts.some(hasRange) };
}

/** True for a criterion that looks at versions. */
function needsVersions({ by, perMajor, perMinor }: Keep): boolean {
  return by === "version" || perMajor !== undefined || perMinor !== undefined;
}

/** The match, and all that stand in it. */
export function partsOf(match: Match): readonly Match[] {
  const { any = [], all = [], not, anyName } = match;
  const inner = [...any, ...all, not, anyName].filter((each) => each !== undefined);
  return [match, ...inner.flatMap(partsOf)];
}

function hasExpression(match: Match): boolean {
  const { reference, registry, repository, tag, label, platform, target, digest } = match;
  const tags = tag === undefined ? [] : listOf(tag).filter((each) => typeof each === "string");
  return [reference, registry, repository, tags, label, platform, target, digest].some(
    isExpression,
  );
}

function hasResourceExpression({ name, label, image, driver }: ResourceMatch): boolean {
  return [name, label, image, driver].some(isExpression);
}

function isExpression(patterns: Patterns | undefined): boolean {
  if (patterns === undefined) return false;
  return listOf(patterns).some((pattern) => expressionIn(pattern) !== undefined);
}

function hasRange({ tag }: Match): boolean {
  return tag !== undefined && listOf(tag).some((each) => typeof each === "object");
}
