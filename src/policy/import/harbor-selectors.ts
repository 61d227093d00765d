import type { Match } from "../policy.ts";
import { everyOf, oneOrMore, onPaths } from "./compose.ts";
import { expandBraces } from "./foreign-globs.ts";
import type { JsonFields } from "./json-fields.ts";

/** What selectors ask for, as far as it can be said here. */
export interface Selected {
  readonly match: Match;
  /** Selectors without an equal, in words; `match` then holds for more than Harbor selects. */
  readonly untold: readonly string[];
}

/** Selectors of repositories in a project; each must hold. */
export function readScope(fields: JsonFields): Match {
  const selectors = fields.object("scope_selectors")?.objects("repository") ?? [];
  return everyOf(
    selectors.map((selector) => {
      selector.oneOf("kind", ["doublestar"]);
      const decoration = selector.oneOf("decoration", ["repoMatches", "repoExcludes"]);
      const globs = readPattern(selector);
      selector.refuseOthers("extras");
      const isAll = globs.includes("**");
      if (decoration !== "repoExcludes") return isAll ? {} : inProject(globs);
      // The registry is asked for so that images without a name are in no project.
      return { registry: "*", not: isAll ? {} : inProject(globs) };
    }),
  );
}

function inProject(globs: readonly string[]): Match {
  return onPaths(globs.map((glob) => `*/${glob}`));
}

/** An artifact is selected by any of its tags. */
export function readArtifactTags(fields: JsonFields): Selected {
  return readTags(fields, (selector) => {
    const excludes = selector.text("decoration") === "excludes";
    const globs = readPattern(selector);
    const untagged = readUntagged(selector) ?? !excludes;
    const named: Match = globs.includes("**")
      ? { not: { state: "untagged" } }
      : { anyName: { tag: oneOrMore(globs) } };
    const excluded: Match = {
      not: { state: "untagged" },
      anyName: { not: { tag: oneOrMore(globs) } },
    };
    const selected = excludes ? excluded : named;
    if (excludes === untagged) return selected;
    if (!excludes && globs.includes("**")) return {};
    return { any: [selected, { state: "untagged" }] };
  });
}

/** Immutability goes tag by tag. */
export function readImmutableTags(fields: JsonFields): Selected {
  return readTags(fields, (selector) => {
    const excludes = selector.text("decoration") === "excludes";
    const tag = oneOrMore(readPattern(selector));
    return excludes ? { tag: "*", not: { tag } } : { tag };
  });
}

function readTags(fields: JsonFields, toMatch: (selector: JsonFields) => Match): Selected {
  const untold: string[] = [];
  const parts = (fields.objects("tag_selectors") ?? []).map((selector): Match => {
    const kind = selector.oneOf("kind", ["doublestar", "label", "signature", "severity"]);
    if (kind !== "doublestar") {
      const pattern = selector.text("pattern") ?? "";
      const decoration = selector.text("decoration") ?? "";
      selector.refuseOthers("extras");
      if (kind !== "label" || pattern !== "") untold.push(`${kind} ${decoration} "${pattern}"`);
      return {};
    }
    selector.oneOf("decoration", ["matches", "excludes"]);
    const match = toMatch(selector);
    selector.refuseOthers("extras");
    return match;
  });
  return { match: everyOf(parts), untold };
}

/** An empty pattern is every text in Harbor. */
function readPattern(selector: JsonFields): readonly string[] {
  const pattern = selector.text("pattern");
  if (pattern === undefined || pattern === "") return ["**"];
  const globs = expandBraces(pattern);
  if (globs !== undefined) return globs;
  selector.problem("pattern", `"${pattern}" is not a glob`);
  return ["**"];
}

/** `extras` is JSON in a text; what cannot be read of it counts as absent, as in Harbor. */
function readUntagged(selector: JsonFields): boolean | undefined {
  const extras = selector.text("extras") ?? "";
  if (extras === "") return undefined;
  const said = /^\s*\{\s*"untagged"\s*:\s*(true|false)\s*\}\s*$/.exec(extras)?.[1];
  if (said !== undefined) return said === "true";
  return selector.problem("extras", `"${extras}" is not {"untagged":true} or {"untagged":false}`);
}
