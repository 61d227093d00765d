import type { Digest } from "../oci/digest.ts";
import { parseBareReference } from "../oci/reference.ts";
import { compileGlob } from "../policy/glob.ts";
import { compileReferencePattern, splitName, type NameTest } from "../policy/name-pattern.ts";

/** What somebody looks for: by an ID, by a name, or by a text that may be either. */
export interface FindQuery {
  /** The beginning of an ID or digest, with its algorithm. */
  readonly idPrefix?: string;
  readonly name?: NameQuery;
}

export interface NameQuery {
  /** The one registry that was typed; absent: any. */
  readonly registry?: string;
  /** The path as it was typed; absent where it has wildcards. */
  readonly repository?: string;
  readonly isRepository: NameTest;
  /** The tag as it was typed; absent where there is none, or with wildcards. */
  readonly tag?: string;
  /** Absent: any tag, or none. */
  readonly isTag?: (tag: string) => boolean;
  readonly digest?: Digest;
}

const ID = /^(?:sha256:)?([a-f0-9]{7,64})$/;
/** Engines print IDs with so many digits: such a text is not taken for a name without a tag. */
const PRINTED_DIGITS = 12;
const WILDCARDS = /[*?[\\]/;

/** Reads what was typed; a text says what is wrong with it. */
export function parseFindQuery(text: string): FindQuery | string {
  const hex = ID.exec(text)?.[1];
  const id = hex === undefined ? {} : { idPrefix: `sha256:${hex}` };
  if (hex !== undefined && (hex !== text || hex.length >= PRINTED_DIGITS)) return id;
  const name = WILDCARDS.test(text) ? parseGlob(text) : parseName(text);
  if (typeof name !== "string") return { ...id, name };
  return hex === undefined ? name : id;
}

function parseName(text: string): NameQuery | string {
  const reference = parseBareReference(text);
  if ("kind" in reference) return reference.detail;
  const { registry, tag, digest } = reference;
  // What was typed and what it is read as differ by `library/`, which only Docker Hub has.
  const typed = text.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const isOnHub = registry === "docker.io";
  const hasRegistry = !isOnHub || /^(?:index\.)?docker\.io\//.test(text);
  const repository = hasRegistry || !isOnHub ? reference.repository : typed;
  return {
    ...(hasRegistry ? { registry } : {}),
    repository,
    isRepository: repositoryTest(typed, hasRegistry),
    ...(tag === undefined ? {} : { tag, isTag: (each) => each === tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function parseGlob(text: string): NameQuery | string {
  if (text.startsWith("/")) return "it begins with a slash; give a name, or one with wildcards";
  const colon = text.indexOf(":", text.lastIndexOf("/") + 1);
  const named = colon < 0 ? text : text.slice(0, colon);
  const tag = colon < 0 ? undefined : text.slice(colon + 1);
  const literalTag = tag === undefined || WILDCARDS.test(tag) ? undefined : tag;
  const [first = "", ...path] = named.split("/");
  const isHost = path.length > 0 && (first === "localhost" || /[.:]/.test(first));
  const registry = isHost && !WILDCARDS.test(first) ? first : undefined;
  const repository = isHost ? path.join("/") : named;
  return {
    ...(registry === undefined ? {} : { registry }),
    ...(WILDCARDS.test(repository) || (isHost && registry === undefined) ? {} : { repository }),
    isRepository: repositoryTest(named, isHost),
    ...(literalTag === undefined ? {} : { tag: literalTag }),
    ...(tag === undefined ? {} : { isTag: compileGlob(tag) }),
  };
}

/** A name without a registry is looked for in every one. */
function repositoryTest(named: string, hasRegistry: boolean): NameTest {
  const patterns = hasRegistry || named.startsWith("**/") ? [named] : [named, `*/${named}`];
  const tests = patterns.map((pattern) => compileReferencePattern(pattern));
  return (parts) => tests.some((test) => test(parts));
}

/** The path that is asked for in one registry; a test on what it lists, where the name has wildcards. */
export function repositoryIn(
  { repository, isRepository }: NameQuery,
  host: string,
): string | ((path: string) => boolean) {
  if (repository === undefined) return (path) => isRepository(splitName(`${host}/${path}`));
  return host === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository;
}

/** A known image, as far as it is looked for. */
export interface NamedImage {
  readonly id: Digest;
  readonly references: readonly string[];
  readonly repoDigests: readonly string[];
  readonly children?: readonly Digest[];
}

/**
 * The names by which an image is what is looked for: those that fit, or all that it has where it is meant by its ID; one that
 * has none answers by its ID alone. Undefined for another image.
 */
export function matchingNames(
  { idPrefix, name }: FindQuery,
  image: NamedImage,
): readonly string[] | undefined {
  const { id, references, repoDigests, children = [] } = image;
  const digests = [id, ...children, ...repoDigests.map(digestOf)];
  if (idPrefix !== undefined && digests.some((digest) => digest.startsWith(idPrefix)))
    return references.length > 0 ? references : repoDigests.slice(0, 1);
  if (name === undefined) return undefined;
  if (name.digest !== undefined && !digests.includes(name.digest)) return undefined;
  const fitting = references.filter((reference) => {
    const parts = splitName(reference);
    return name.isRepository(parts) && name.isTag?.(parts.tag ?? "") !== false;
  });
  if (fitting.length > 0) return fitting;
  if (name.isTag !== undefined) return undefined;
  const byDigest = repoDigests.filter((each) => name.isRepository(splitName(each)));
  return byDigest.length > 0 ? byDigest : undefined;
}

function digestOf(repoDigest: string): string {
  return repoDigest.slice(repoDigest.indexOf("@") + 1);
}

/** Whether Docker Hub's search may know it: official images and those of users, by their whole path. */
export function searchable({ name, idPrefix }: FindQuery): string | undefined {
  if (name?.repository === undefined || name.digest !== undefined || idPrefix !== undefined)
    return undefined;
  const isOnHub = name.registry === undefined || name.registry === "docker.io";
  const path = name.repository.replace(/^library\//, "");
  return isOnHub && path.split("/").length <= 2 ? path : undefined;
}
