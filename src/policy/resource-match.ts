import { formatReference, parseReference } from "../oci/reference.ts";
import { compileLabelTest } from "./label-test.ts";
import type { PolicyLibraries } from "./libraries.ts";
import type { Answer } from "./match.ts";
import { compileReferencePatterns, splitName } from "./name-pattern.ts";
import { compilePatterns } from "./pattern.ts";
import type { ResourceMatch } from "./policy.ts";

/** A container, volume or network, as rules see it. */
export interface Resource {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Containers only: names of the image it was created from; empty where none is known. */
  readonly images?: readonly string[];
  readonly state?: string;
  readonly driver?: string;
}

/** Undefined: it cannot be told, because the image is not known by a name. */
export type ResourceTest = (resource: Resource) => Answer;

/** Compiles questions of which one has to hold. */
export function compileResourceMatches(
  matches: readonly ResourceMatch[],
  libraries: PolicyLibraries,
): ResourceTest {
  const tests = matches.map((match) => compileResourceMatch(match, libraries));
  return (resource) => {
    const answers = tests.map((test) => test(resource));
    if (answers.includes(true)) return true;
    return answers.includes(undefined) ? undefined : false;
  };
}

function compileResourceMatch(match: ResourceMatch, libraries: PolicyLibraries): ResourceTest {
  const tests: ResourceTest[] = [];
  if (match.name !== undefined) {
    const test = compilePatterns(match.name, libraries);
    tests.push(({ name }) => test(name));
  }
  if (match.label !== undefined) {
    const test = compileLabelTest(match.label, libraries);
    tests.push(({ labels }) => test(labels));
  }
  if (match.state !== undefined) tests.push(({ state }) => state === match.state);
  if (match.driver !== undefined) {
    const test = compilePatterns(match.driver, libraries);
    tests.push(({ driver }) => driver !== undefined && test(driver));
  }
  if (match.image !== undefined) {
    const test = compileReferencePatterns(match.image, libraries);
    tests.push(({ images }) => {
      if (images === undefined) return false;
      const names = images.flatMap(normalisedName);
      return names.length === 0 ? undefined : names.some((name) => test(splitName(name)));
    });
  }
  return (resource) => {
    const answers = tests.map((test) => test(resource));
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  };
}

function normalisedName(text: string): readonly string[] {
  if (/^(?:sha256:)?[a-f0-9]{12,64}$/.test(text)) return [];
  const reference = parseReference(text);
  return "kind" in reference ? [] : [formatReference(reference)];
}
