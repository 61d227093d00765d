import { isDigest, type Digest } from "./digest.ts";

/**
 * A name of an image: registry + repository + tag and/or digest, fully normalised
 * (`nginx` is `docker.io/library/nginx`). Grammar: distribution/reference `reference.go`.
 */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Why a text is not a reference. `text` is what was given. */
export interface ReferenceProblem {
  readonly kind: "invalid-reference";
  readonly text: string;
  readonly detail: string;
}

const DEFAULT_REGISTRY = "docker.io";
const DEFAULT_TAG = "latest";
const MAX_NAME_LENGTH = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const REGISTRY =
  /^(?:\[[a-fA-F0-9:]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]+)?$/;

/** True for what may stand behind the colon of a name (distribution-spec, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Parses a name as a user types it. A name with neither tag nor digest gets the tag `latest`. */
export function parseReference(text: string): Reference | ReferenceProblem {
  const bare = parseBareReference(text);
  if ("kind" in bare || bare.tag !== undefined || bare.digest !== undefined) return bare;
  return { ...bare, tag: DEFAULT_TAG };
}

/** As `parseReference`, but a name without tag and digest stays without. */
export function parseBareReference(text: string): Reference | ReferenceProblem {
  const problem = (detail: string): ReferenceProblem => ({
    kind: "invalid-reference",
    text,
    detail,
  });
  if (text === "") return problem("the name is empty");

  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return problem(`"${digest}" is not a digest`);

  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) return problem(`"${tag}" is not a tag`);

  const { registry, repository } = splitRegistry(colon < 0 ? named : named.slice(0, colon));
  if (!REGISTRY.test(registry)) return problem(`"${registry}" is not a registry host`);
  if (/^[a-f0-9]{64}$/.test(text))
    return problem("64 hex digits are an image ID, not a repository");
  for (const component of repository.replace(/^library\//, "").split("/")) {
    if (component === "") return problem("a part of the repository name is empty");
    if (component !== component.toLowerCase())
      return problem("a repository name must be in lower case");
    if (!COMPONENT.test(component))
      return problem(`"${component}" is not a part of a repository name`);
  }
  if (registry.length + 1 + repository.length > MAX_NAME_LENGTH) {
    return problem(`the name is longer than ${MAX_NAME_LENGTH} characters`);
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = first === "localhost" || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = isHost
    ? first.replace(/^index\.docker\.io$/, DEFAULT_REGISTRY)
    : DEFAULT_REGISTRY;
  const rest = isHost ? name.slice(slash + 1) : name;
  const repository =
    registry === DEFAULT_REGISTRY && !rest.includes("/") ? `library/${rest}` : rest;
  return { registry, repository };
}

/** `registry/repository[:tag][@digest]`, the form every inventory uses. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** The short form that docker prints: `docker.io/library/nginx:1` is `nginx:1`. Takes a normalised name. */
export function familiarName(name: string): string {
  const prefix = `${DEFAULT_REGISTRY}/`;
  if (!name.startsWith(prefix)) return name;
  const rest = name.slice(prefix.length);
  const official = /^library\/([^/]+)$/.exec(rest)?.[1];
  return official ?? rest;
}

/** The `registry/repository` part of a normalised name. */
export function repositoryOf(name: string): string {
  const at = name.indexOf("@");
  const named = at < 0 ? name : name.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  return colon < 0 ? named : named.slice(0, colon);
}
