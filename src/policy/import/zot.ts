import { compileExpression } from "../expression.ts";
import { parseDuration } from "../duration.ts";
import type { DurationMs, ImageRule, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { DAY_MS, everyOf, onPaths } from "./compose.ts";
import { expandBraces, literalGlob } from "./foreign-globs.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";
import { rulesOfRepositories, type KeptTags, type ZotPolicy } from "./zot-rules.ts";

/**
 * zot's retention: its whole configuration, or the part under `retention`. The first policy whose repositories match
 * decides about a repository, and in it the first entry of `keepTags` whose patterns match about a tag. Where no policy
 * matches, tags stay and untagged manifests go after the delay.
 */
export function importZot(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const document = readFields(readJson(text, problems) ?? {}, "", problems);
  if (document === undefined || problems.length > 0) return { problems };
  const stores = listStores(document);
  const images = stores.flatMap((store) => rulesOfStore(store, remarks));
  if (problems.length > 0) return { problems };
  return { policy: { source: "zot retention", protect: [], images }, remarks };
}

/** One storage of zot: the main one, or one mounted under a path. */
interface Store {
  /** Without slashes around it; empty for the main storage. */
  readonly path: string;
  readonly collectsGarbage: boolean;
  readonly retention: JsonFields | undefined;
}

/** Mounted storages first: what lies under their paths is theirs. */
function listStores(document: JsonFields): readonly Store[] {
  if (!document.has("storage")) {
    const retention = document.object("retention") ?? document;
    return [{ path: "", collectsGarbage: true, retention }];
  }
  const storage = document.object("storage");
  if (storage === undefined) return [];
  const mounted = storage
    .entries("subPaths")
    .map(([path, fields]) => toStore(path.replaceAll(/^\/+|\/+$/g, ""), fields));
  return [...mounted, toStore("", storage)];
}

function toStore(path: string, fields: JsonFields): Store {
  return {
    path,
    collectsGarbage: fields.flag("gc") !== false,
    retention: fields.object("retention"),
  };
}

const DEFAULT_DELAY_MS = DAY_MS;

function rulesOfStore(store: Store, remarks: Remark[]): readonly ImageRule[] {
  const { path, retention } = store;
  const prefix = path === "" ? "" : `${path.replaceAll("/", "-")}-`;
  const where = path === "" ? {} : onPaths([`${literalGlob(path)}/**`]);
  if (!store.collectsGarbage) {
    remarks.push({ text: `gc is off${path === "" ? "" : ` for ${path}`}: nothing is removed.` });
    if (path === "") return [];
    return [{ name: `${prefix}gc-off`, match: where, keep: { always: true } }];
  }
  if (retention?.flag("dryRun") === true) {
    remarks.push({
      text: "dryRun is set there, and nothing is removed: a plan is the dry run here.",
    });
  }
  const delay = (retention && readDelay(retention, "delay")) ?? DEFAULT_DELAY_MS;
  const policies = (retention?.objects("policies") ?? []).map(readPolicy);
  retention?.refuseOthers();
  const images: ImageRule[] = [];
  for (const [index, policy] of policies.entries()) {
    const name = `${prefix}policy-${index + 1}`;
    const scope = everyOf([where, scopeOf(policy.repositories)]);
    if (policy.repositories.length === 0) {
      remarks.push({ text: `${name} has no repositories: left out.` });
      continue;
    }
    images.push(...rulesOfRepositories(name, policy, scope, delay, remarks));
    if (!policy.repositories.includes("**")) continue;
    const rest = policies.length - index - 1;
    if (rest > 0) {
      remarks.push({ text: `${name} takes all repositories: the ${rest} after it are left out.` });
    }
    return images;
  }
  const match = everyOf([where, { state: "untagged" }]);
  const referrers: ImageRule = {
    name: `${prefix}attached`,
    match: everyOf([where, { state: "untagged" }, { state: "referrer" }]),
    keep: { always: true },
  };
  images.push(referrers, {
    name: `${prefix}untagged`,
    match,
    keep: { within: delay, by: "arrived" },
  });
  if (path !== "") {
    images.push({ name: `${prefix}tags`, match: where, keep: { always: true } });
  }
  return images;
}

/** `**` alone is every repository, of any name. */
function scopeOf(repositories: readonly string[]): Match {
  return repositories.includes("**") ? {} : onPaths(repositories);
}

function readPolicy(fields: JsonFields): ZotPolicy {
  const repositories = (fields.texts("repositories") ?? []).flatMap((pattern) => {
    const globs = expandBraces(pattern);
    if (globs !== undefined) return globs.flatMap(withItsRoot);
    fields.problem("repositories", `"${pattern}" is not a glob`);
    return [];
  });
  if (!fields.has("repositories")) fields.problem("repositories", "is missing");
  const policy = {
    repositories,
    deleteReferrers: fields.flag("deleteReferrers") ?? false,
    deleteUntagged: fields.flag("deleteUntagged") ?? true,
    keepTags: (fields.objects("keepTags") ?? []).map(readKeptTags),
  };
  fields.refuseOthers();
  return policy;
}

/** In zot's globs a trailing `/**` may stand for nothing. */
function withItsRoot(glob: string): readonly string[] {
  return glob.endsWith("/**") ? [glob.slice(0, -3), glob] : [glob];
}

/** Expressions that are found in every tag. */
const EVERY_TAG: ReadonlySet<string> = new Set(["", ".*", ".+", "^.*$"]);

function readKeptTags(fields: JsonFields): KeptTags {
  const patterns = fields.texts("patterns") ?? [];
  for (const pattern of patterns) {
    if (compileExpression(pattern) !== undefined) continue;
    fields.problem("patterns", `"${pattern}" is not an RE2 expression`);
  }
  // 0 is how zot writes that a count is not set.
  const kept = {
    patterns: patterns.some((each) => EVERY_TAG.has(each)) ? [] : patterns,
    pulledLast: fields.whole("mostRecentlyPulledCount", 0) || undefined,
    pushedLast: fields.whole("mostRecentlyPushedCount", 0) || undefined,
    pulledWithin: readDelay(fields, "pulledWithin"),
    pushedWithin: readDelay(fields, "pushedWithin"),
  };
  fields.refuseOthers();
  return kept;
}

function readDelay(fields: JsonFields, name: string): DurationMs | undefined {
  const text = fields.text(name);
  if (text === undefined) return undefined;
  return parseDuration(text) ?? fields.problem(name, `"${text}" is not a duration such as 168h`);
}
