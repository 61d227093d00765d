import { familiarName, repositoryOf } from "../oci/reference.ts";
import { compileGlob, type Glob } from "./glob.ts";
import { NO_LIBRARIES, type PolicyLibraries } from "./libraries.ts";
import { compileExpressionTest, expressionIn, listOf } from "./pattern.ts";
import type { Pattern, Patterns } from "./policy.ts";

/** A normalised name in the parts that patterns speak of. */
export interface NameParts {
  /** `registry/repository:tag`, or `registry/repository` for an image known by digest only. */
  readonly name: string;
  /** `registry/repository`. */
  readonly full: string;
  readonly registry: string;
  /** Path without the registry. */
  readonly repository: string;
  readonly tag: string | undefined;
}

/** Splits a normalised `registry/repository[:tag][@digest]`. */
export function splitName(name: string): NameParts {
  return new SplitName(name);
}

/** Few names are asked for more than their repository as a whole and their tag: the rest is cut where it is. */
class SplitName implements NameParts {
  readonly name: string;
  readonly full: string;
  readonly tag: string | undefined;

  constructor(text: string) {
    const at = text.indexOf("@");
    const full = repositoryOf(text);
    const name = at < 0 ? text : text.slice(0, at);
    this.full = full;
    this.name = name;
    this.tag = name.length === full.length ? undefined : name.slice(full.length + 1);
  }

  get registry(): string {
    return this.full.slice(0, this.full.indexOf("/"));
  }

  get repository(): string {
    return this.full.slice(this.full.indexOf("/") + 1);
  }
}

/** A compiled pattern on names. */
export type NameTest = (parts: NameParts) => boolean;

/** Compiles patterns on repositories, of which one has to hold. */
export function compileRepositoryPatterns(
  patterns: Patterns,
  libraries: PolicyLibraries,
  forms: RepositoryForms = "any",
): NameTest {
  return oneOf(listOf(patterns).map((each) => compileRepositoryPattern(each, libraries, forms)));
}

/** Compiles patterns on `repository:tag`, of which one has to hold. */
export function compileReferencePatterns(patterns: Patterns, libraries: PolicyLibraries): NameTest {
  return oneOf(listOf(patterns).map((each) => compileReferencePattern(each, libraries)));
}

/** What patterns on `repository:tag` say of the repository alone; undefined where they cannot tell. */
export function compileReferenceRepositories(patterns: Patterns): NameTest | undefined {
  if (listOf(patterns).some((pattern) => expressionIn(pattern) !== undefined)) return undefined;
  const tests = listOf(patterns).map((pattern) => compileNamed(splitPattern(pattern).named));
  return oneOf(tests);
}

function oneOf(tests: readonly NameTest[]): NameTest {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (parts) => tests.some((test) => test(parts));
}

/** Remembers the answers of a test that looks at nothing but the repository: there are many names in each. */
export function oncePerRepository(test: NameTest): NameTest {
  const answers = new Map<string, boolean>();
  return (parts) => {
    const known = answers.get(parts.full);
    if (known !== undefined) return known;
    const answer = test(parts);
    answers.set(parts.full, answer);
    return answer;
  };
}

/** `path`: patterns are on the path alone, where another part of the match is on the registry. */
type RepositoryForms = "any" | "path";

/**
 * Compiles a pattern on repositories. It may be written as docker prints it (`app`, `team/**`, `host:5000/app`), as a path
 * on any registry, or in full: globs are compared with each in whole segments, expressions looked for in each.
 */
export function compileRepositoryPattern(
  pattern: Pattern,
  libraries: PolicyLibraries = NO_LIBRARIES,
  forms: RepositoryForms = "any",
): NameTest {
  const source = expressionIn(pattern);
  const test =
    source === undefined
      ? compileGlob(forms === "any" ? normalisePattern(pattern) : pattern)
      : compileExpressionTest(source, libraries);
  return ({ full, repository }) =>
    test(repository) || (forms === "any" && test(full)) || holdsForFamiliar(test, full);
}

function holdsForFamiliar(test: Glob, full: string): boolean {
  const familiar = familiarName(full);
  return familiar !== full && test(familiar);
}

/** The one registry whose names a pattern can match; undefined when it begins with a glob. */
function registryOfPattern(pattern: string): string | undefined {
  const [first = ""] = pattern.split("/");
  if (/[*?[\\]/.test(first)) return undefined;
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  return isHost && first !== pattern ? first : "docker.io";
}

/** Docker Hub's official images may be written with the host and without `library`: `docker.io/nginx`. */
function normalisePattern(pattern: string): string {
  return pattern
    .replace(/^index\.docker\.io\//, "docker.io/")
    .replace(/^docker\.io\/(?!\*\*$)([^/]+)$/, "docker.io/library/$1");
}

/**
 * Compiles a pattern on `repository:tag`. Without a tag part every tag matches. Without a registry it means Docker Hub's
 * name, as docker reads it; `**` + `/` in front means any registry.
 */
export function compileReferencePattern(
  pattern: Pattern,
  libraries: PolicyLibraries = NO_LIBRARIES,
): NameTest {
  const source = expressionIn(pattern);
  if (source !== undefined) {
    const isFound = compileExpressionTest(source, libraries);
    return ({ name }) => isFound(name) || holdsForFamiliar(isFound, name);
  }
  const { named, tag: tagPattern } = splitPattern(pattern);
  const isNamed = oncePerRepository(compileNamed(named));
  if (tagPattern === undefined) return isNamed;
  const tagGlob = compileGlob(tagPattern);
  return (parts) => parts.tag !== undefined && isNamed(parts) && tagGlob(parts.tag);
}

function splitPattern(pattern: Pattern): { readonly named: string; readonly tag?: string } {
  const colon = pattern.indexOf(":", pattern.lastIndexOf("/") + 1);
  return colon < 0
    ? { named: pattern }
    : { named: pattern.slice(0, colon), tag: pattern.slice(colon + 1) };
}

function compileNamed(named: string): NameTest {
  const normalised = normalisePattern(named.replace(/^library\//, "docker.io/library/"));
  const onlyRegistry = registryOfPattern(normalised);
  const glob = compileGlob(normalised);
  // Most names are of other registries: told before anything is taken apart.
  return ({ full, registry }) =>
    (onlyRegistry === undefined || registry === onlyRegistry) &&
    (glob(full) || holdsForFamiliar(glob, full));
}
