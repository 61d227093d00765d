import { parseDuration } from "../duration.ts";
import type { ImageRule, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf, oneOrMore } from "./compose.ts";
import { literalGlob } from "./foreign-globs.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/**
 * Google Artifact Registry's cleanup policies: the list that gcloud takes, or `cleanupPolicies` of a repository. A version
 * goes when a DELETE policy takes it and no KEEP policy holds it: the KEEP policies come first here.
 */
export function importGar(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const document = readJson(text, problems);
  if (problems.length > 0) return { problems };
  const policies = listPolicies(document, problems, remarks).map(readPolicy);
  const names = policies.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) < index) problems.push(`two policies have the name "${name}"`);
  });
  if (problems.length > 0) return { problems };

  remarks.push({
    text: "Artifact Registry has policies for each repository, and these do not say whose they are: name its images under targets (REGION-docker.pkg.dev/PROJECT/REPOSITORY/**).",
  });
  const keeps = policies.filter(({ action }) => action === "KEEP");
  const deletes = policies.filter(({ action }) => action === "DELETE");
  if (deletes.length === 0) {
    remarks.push({ text: "There is no DELETE policy: nothing is removed." });
  }
  const images = [...keeps, ...deletes].map(({ name, match, keepCount, action }): ImageRule => {
    if (action === "DELETE") return { name, match, keep: {} };
    if (keepCount === undefined) return { name, match, keep: { always: true } };
    const keep = { last: keepCount, by: "arrived", among: "match" } as const;
    return { name, match, keep, decides: "keep" };
  });
  return {
    policy: { source: "Artifact Registry cleanup policies", protect: [], images },
    remarks,
  };
}

interface CleanupPolicy {
  readonly name: string;
  readonly action: "KEEP" | "DELETE";
  readonly match: Match;
  /** Of the newest versions of each package. */
  readonly keepCount: number | undefined;
}

function listPolicies(
  document: unknown,
  problems: string[],
  remarks: Remark[],
): readonly (readonly [key: string | undefined, fields: JsonFields])[] {
  if (Array.isArray(document)) {
    return document.flatMap((each: unknown, index) => {
      const fields = readFields(each, `[${index}]`, problems);
      return fields === undefined ? [] : [[undefined, fields] as const];
    });
  }
  const repository = readFields(document, "", problems);
  if (repository === undefined) return [];
  if (!repository.has("cleanupPolicies")) {
    problems.push("this is neither a list of cleanup policies nor a repository's cleanupPolicies");
    return [];
  }
  if (repository.flag("cleanupPolicyDryRun") === true) {
    remarks.push({
      text: "cleanupPolicyDryRun is set there, and nothing is removed: a plan is the dry run here.",
    });
  }
  return repository.entries("cleanupPolicies");
}

function readPolicy([key, fields]: readonly [string | undefined, JsonFields]): CleanupPolicy {
  const name = fields.text("name") ?? fields.text("id") ?? key;
  if (name === undefined || name === "") fields.problem("name", "is missing");
  const action = readAction(fields);
  const condition = fields.object("condition");
  const recent = fields.object("mostRecentVersions");
  if (fields.has("condition") === fields.has("mostRecentVersions")) {
    fields.problem(undefined, "either condition or mostRecentVersions, and one of them");
  }
  if (action === "DELETE" && recent !== undefined) {
    fields.problem("mostRecentVersions", "goes with the action KEEP only");
  }
  const keepCount = recent?.whole("keepCount", 1);
  if (recent?.has("keepCount") === false) recent.problem("keepCount", "is missing");
  const match = condition === undefined ? packagesOf(recent) : readCondition(condition);
  recent?.refuseOthers();
  fields.refuseOthers("id", "name");
  return { name: name ?? "", action: action ?? "KEEP", match, keepCount };
}

/** `{"type": "Delete"}` in gcloud's files, `"DELETE"` in the API. */
function readAction(fields: JsonFields): CleanupPolicy["action"] | undefined {
  const raw = fields.raw("action");
  const object = typeof raw === "string" ? undefined : fields.object("action");
  const type = typeof raw === "string" ? raw : object?.text("type");
  object?.refuseOthers();
  const action = type?.toUpperCase();
  if (action === "KEEP" || action === "DELETE") return action;
  return fields.problem("action", "must be Keep or Delete");
}

/** All that is set must hold; of several prefixes one has to. */
function readCondition(condition: JsonFields): Match {
  const parts: Match[] = [];
  const state = condition
    .text("tagState")
    ?.toUpperCase()
    .replace(/^TAG_STATE_UNSPECIFIED$/, "ANY");
  const tags = condition.texts("tagPrefixes") ?? [];
  if (state === "UNTAGGED") parts.push({ state: "untagged" });
  else if (state === "TAGGED" && tags.length === 0) parts.push({ not: { state: "untagged" } });
  else if (state !== undefined && state !== "ANY" && state !== "TAGGED") {
    condition.problem("tagState", "must be TAGGED, UNTAGGED or ANY");
  }
  if (state === "UNTAGGED" && tags.length > 0) {
    condition.problem("tagPrefixes", "do not go with the tagState UNTAGGED");
  }
  if (tags.length > 0) parts.push({ anyName: { tag: oneOrMore(tags.map(prefixGlob)) } });
  const versions = condition.texts("versionNamePrefixes") ?? [];
  if (versions.length > 0) parts.push({ digest: oneOrMore(versions.map(prefixGlob)) });
  parts.push(packagesOf(condition));
  const olderThan = readAge(condition, "olderThan");
  const newerThan = readAge(condition, "newerThan");
  if (olderThan !== undefined) parts.push({ olderThan, by: "arrived" });
  if (newerThan !== undefined) parts.push({ not: { olderThan: newerThan, by: "arrived" } });
  condition.refuseOthers();
  return everyOf(parts);
}

/** A package is an image of the repository: what comes behind PROJECT/REPOSITORY (behind PROJECT on the hosts of gcr.io). */
function packagesOf(fields: JsonFields | undefined): Match {
  const prefixes = fields?.texts("packageNamePrefixes") ?? [];
  if (prefixes.length === 0) return {};
  const inside = (repository: string): readonly string[] =>
    prefixes.flatMap((prefix) => {
      const start = `${repository}/${literalGlob(prefix)}`;
      return [`${start}*`, `${start}*/**`];
    });
  return {
    any: [
      { registry: "*-docker.pkg.dev", repository: inside("*/*") },
      { registry: ["gcr.io", "*.gcr.io"], repository: inside("*") },
    ],
  };
}

function prefixGlob(prefix: string): string {
  return `${literalGlob(prefix)}*`;
}

function readAge(condition: JsonFields, name: string): number | undefined {
  const text = condition.text(name);
  if (text === undefined) return undefined;
  return parseDuration(text) ?? condition.problem(name, `"${text}" is not a duration such as 30d`);
}
