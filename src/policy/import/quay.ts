import { parseDuration } from "../duration.ts";
import { compileExpression } from "../expression.ts";
import type { ImageRule, Keep, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf, onPaths } from "./compose.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/** Signatures and the like that cosign files under the digest of their image: Quay's auto-prune neither counts nor takes them. */
const COSIGN_TAGS = "/^sha256-[0-9a-f]{64}\\.(sig|att|sbom)$/";

interface AutoPrunePolicy {
  readonly match: Match;
  readonly keep: Keep;
  readonly name: string;
}

/**
 * Translates Quay's auto-prune policies as its API gives them: one, a list, or `{"policies": […]}`, where `namespace` or
 * `repository` beside it says whose they are. All that go by age are carried out first, then those that count, each on what
 * the others left: the strictest wins.
 */
export function importQuay(text: string): Imported {
  const problems: string[] = [];
  const parsed = readJson(text, problems);
  if (parsed === undefined) return { problems };
  const documents = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  const policies = documents.flatMap((document, index) => {
    const path = Array.isArray(parsed) ? `[${index}]` : "";
    return readDocument(readFields(document, path, problems));
  });
  if (problems.length > 0) return { problems };
  const inOrder = [
    ...policies.filter(({ keep }) => keep.within !== undefined),
    ...policies.filter(({ keep }) => keep.last !== undefined),
  ];
  const images = inOrder.map(({ name, match, keep }, index): ImageRule => {
    const namesakes = inOrder.slice(0, index).filter((each) => each.name === name).length;
    const unique = namesakes === 0 ? name : `${name}-${namesakes + 1}`;
    return { name: unique, match, keep, decides: "remove", untag: true };
  });
  return { policy: { source: "Quay auto-prune", protect: [], images }, remarks: remarksOn(images) };
}

function readDocument(fields: JsonFields | undefined): readonly AutoPrunePolicy[] {
  if (fields === undefined) return [];
  if (fields.has("method")) return readPolicy(fields, {});
  const namespace = fields.text("namespace");
  const repository = fields.text("repository");
  if (namespace !== undefined && repository !== undefined)
    fields.problem("repository", "has its namespace in its name; give one of the two");
  const scope =
    repository !== undefined
      ? onPaths([repository])
      : namespace !== undefined
        ? onPaths([`${namespace}/**`])
        : {};
  const policies = fields.objects("policies");
  if (!fields.has("policies")) fields.problem("policies", "is missing, and so is a method");
  fields.refuseOthers();
  return (policies ?? []).flatMap((policy) => readPolicy(policy, scope));
}

function readPolicy(fields: JsonFields, scope: Match): readonly AutoPrunePolicy[] {
  const method = fields.oneOf("method", ["number_of_tags", "creation_date"] as const);
  if (!fields.has("method")) fields.problem("method", "is missing");
  const match = everyOf([scope, readTags(fields)]);
  const value = fields.raw("value");
  fields.refuseOthers("uuid");
  if (method === "creation_date") {
    const within =
      typeof value === "string" && /^\d+[smhdw]$/.test(value) ? parseDuration(value) : undefined;
    if (within === undefined)
      fields.problem("value", `must be a time such as "7d", not ${JSON.stringify(value)}`);
    else return [{ name: `older-than-${String(value)}`, match, keep: { within, by: "arrived" } }];
  }
  if (method === "number_of_tags") {
    const last = /^[1-9]\d*$/.test(String(value)) ? Number(value) : undefined;
    if (last === undefined)
      fields.problem("value", `must be a number of tags above 0, not ${JSON.stringify(value)}`);
    else return [{ name: `more-than-${last}`, match, keep: { last, by: "arrived" } }];
  }
  return [];
}

/** The API writes `tagPattern`, what is stored `tag_pattern`. The expression is looked for anywhere in the tag. */
function readTags(fields: JsonFields): Match {
  const key = fields.has("tag_pattern") ? "tag_pattern" : "tagPattern";
  const pattern = fields.text(key);
  const matches = fields.flag("tagPatternMatches") ?? fields.flag("tag_pattern_matches") ?? true;
  if (pattern === undefined || pattern === "") return { tag: "*", not: { tag: COSIGN_TAGS } };
  if (compileExpression(pattern) === undefined)
    fields.problem(key, `"${pattern}" is not an expression that RE2 knows as well`);
  const wanted = `/${pattern}/`;
  return matches
    ? { tag: wanted, not: { tag: COSIGN_TAGS } }
    : { tag: "*", not: { tag: [wanted, COSIGN_TAGS] } };
}

function remarksOn(images: readonly ImageRule[]): readonly Remark[] {
  const remarks: Remark[] = [
    {
      text: "Quay never prunes immutable tags; which they are does not stand in these policies: name them under protect.",
    },
    {
      text: "What Quay prunes can be brought back from its time machine; here that is what `recovery` is for.",
    },
  ];
  if (images.some(({ match }) => match.repository === undefined))
    remarks.push({
      text: 'The policies do not say whose they are: name the repositories under targets, or import {"namespace": …, "policies": […]}.',
    });
  const [counting] = images.filter(({ keep }) => keep.last !== undefined);
  if (counting !== undefined)
    remarks.push({
      rule: counting.name,
      text: "Quay counts tags, here images count, and one of several tags counts once. Never less is kept.",
    });
  return remarks;
}
