/**
 * What was asked for, in words, from a request as errors carry it (`GET /v2/app/tags/list`, `GET app@sha256:…`). Undefined
 * where that says no more than that a registry was asked.
 */
export function describeRequest(request: string): string | undefined {
  const thing = request.slice(request.indexOf(" ") + 1).replace(/\?.*$/s, "");
  if (!thing.startsWith("/")) return thing.replace(" ", "@");
  const path = thing.replace(/^\/v2\//, "");
  if (path === thing) return `its interface ${thing}`;
  if (path === "") return undefined;
  if (path === "_catalog") return "the list of repositories";
  for (const [pattern, describe] of PATHS) {
    const [, repository, reference] = pattern.exec(path) ?? [];
    if (repository !== undefined) return describe(repository, reference ?? "");
  }
  return `its interface ${thing}`;
}

/** distribution-spec, "Endpoints". */
const PATHS: readonly (readonly [RegExp, (repository: string, reference: string) => string])[] = [
  [/^(.+)\/tags\/list$/, (repository) => `the tags of ${repository}`],
  [/^(.+)\/manifests\/([^/]+)$/, named],
  [/^(.+)\/referrers\/([^/]+)$/, (...place) => `what is attached to ${named(...place)}`],
  [/^(.+)\/blobs\/uploads\//, (repository) => `an upload to ${repository}`],
  [/^(.+)\/blobs\/([^/]+)$/, (repository, digest) => `the blob ${digest} of ${repository}`],
];

function named(repository: string, reference: string): string {
  return `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}
