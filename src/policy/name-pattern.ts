import { familiarName, repositoryOf } from "../oci/reference.ts";
import { compileGlob, type Glob } from "./glob.ts";

/** A normalised name in the parts that patterns speak of. */
export interface NameParts {
  /** `registry/repository:tag`, or `registry/repository` for an image known by digest only. */
  readonly name: string;
  readonly registry: string;
  /** Path without the registry. */
  readonly repository: string;
  readonly tag?: string;
}

/** Splits a normalised `registry/repository[:tag][@digest]`. */
export function splitName(name: string): NameParts {
  const full = repositoryOf(name);
  const slash = full.indexOf("/");
  const at = name.indexOf("@");
  const rest = name.slice(full.length, at < 0 ? undefined : at);
  return {
    name: full + rest,
    registry: full.slice(0, slash),
    repository: full.slice(slash + 1),
    ...(rest === "" ? {} : { tag: rest.slice(1) }),
  };
}

/**
 * Compiles a pattern on repositories. It may be written as docker prints it (`app`, `team/**`, `host:5000/app`), as a path
 * on any registry, or in full; each is compared in whole segments.
 */
export function compileRepositoryPattern(pattern: string): (parts: NameParts) => boolean {
  const glob = compileGlob(normalisePattern(pattern));
  return ({ registry, repository }) => matchesRepository(glob, registry, repository);
}

function matchesRepository(glob: Glob, registry: string, repository: string): boolean {
  return (
    glob(repository) ||
    glob(`${registry}/${repository}`) ||
    glob(familiarName(`${registry}/${repository}`))
  );
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
export function compileReferencePattern(pattern: string): (parts: NameParts) => boolean {
  const colon = pattern.indexOf(":", pattern.lastIndexOf("/") + 1);
  const named = colon < 0 ? pattern : pattern.slice(0, colon);
  const tagGlob = colon < 0 ? undefined : compileGlob(pattern.slice(colon + 1));
  const normalised = normalisePattern(named.replace(/^library\//, "docker.io/library/"));
  const onlyRegistry = registryOfPattern(normalised);
  const nameGlob = compileGlob(normalised);
  return ({ registry, repository, tag }) => {
    // Most names are of other registries: told before anything is taken apart.
    if (onlyRegistry !== undefined && registry !== onlyRegistry) return false;
    const full = `${registry}/${repository}`;
    if (!nameGlob(full) && !nameGlob(familiarName(full))) return false;
    return tagGlob === undefined || (tag !== undefined && tagGlob(tag));
  };
}
