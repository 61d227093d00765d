import type { PolicyLibraries } from "./libraries.ts";
import {
  compileReferenceRepositories,
  compileRepositoryPatterns,
  type NameTest,
} from "./name-pattern.ts";
import { compilePatterns } from "./pattern.ts";
import type { Match } from "./policy.ts";

/**
 * What a match needs of the repository: where it does not hold, or an image has no name, the match does not hold whatever
 * else is true or unknown. Undefined where a match may hold for any repository.
 */
export function compileNameGate(match: Match, libraries: PolicyLibraries): NameTest | undefined {
  const { registry, repository, reference, all = [], any, anyName } = match;
  const gates: (NameTest | undefined)[] = all.map((part) => compileNameGate(part, libraries));
  if (registry !== undefined) {
    const test = compilePatterns(registry, libraries);
    gates.push((name) => test(name.registry));
  }
  if (repository !== undefined) {
    const forms = registry === undefined ? "any" : "path";
    gates.push(compileRepositoryPatterns(repository, libraries, forms));
  }
  if (reference !== undefined) gates.push(compileReferenceRepositories(reference));
  if (anyName !== undefined) gates.push(compileNameGate(anyName, libraries));
  if (any !== undefined) gates.push(oneOf(any.map((part) => compileNameGate(part, libraries))));
  const known = gates.filter((gate) => gate !== undefined);
  return known.length === 0 ? undefined : (name) => known.every((gate) => gate(name));
}

function oneOf(gates: readonly (NameTest | undefined)[]): NameTest | undefined {
  const known = gates.filter((gate) => gate !== undefined);
  return known.length < gates.length ? undefined : (name) => known.some((gate) => gate(name));
}
