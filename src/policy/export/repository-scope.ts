import { compileRepositoryPatterns, type NameParts } from "../name-pattern.ts";
import type { PolicyLibraries } from "../libraries.ts";
import { compilePatterns } from "../pattern.ts";
import type { Match } from "../policy.ts";

/** Whether a match asks for registry and repository alone. */
export function isScope(match: Match): boolean {
  const { registry: _, repository: __, ...others } = match;
  return Object.keys(others).length === 0;
}

/** Whether a match can hold in a repository, by what it says of registry and repository. */
export function canHoldIn(match: Match, name: NameParts, libraries: PolicyLibraries): boolean {
  const { registry, repository, all = [], not } = match;
  const forms = registry === undefined ? "any" : "path";
  return (
    (registry === undefined || compilePatterns(registry, libraries)(name.registry)) &&
    (repository === undefined || compileRepositoryPatterns(repository, libraries, forms)(name)) &&
    all.every((part) => canHoldIn(part, name, libraries)) &&
    (not === undefined || !isScope(not) || !canHoldIn(not, name, libraries))
  );
}
