import { parseDuration } from "../duration.ts";
import type { ImageRule, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf, onPaths } from "./compose.ts";
import { tagMatch } from "./dtr-tags.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/** What becomes of one of DTR's policies: a rule, or a reason why it is left out. */
interface Translated {
  readonly rules: readonly ImageRule[];
  readonly remarks: readonly Remark[];
}

const NOTHING: Translated = { rules: [], remarks: [] };

/**
 * Translates pruning policies of DTR and MSR (one, or a list of them) and the tag limit of a repository, as the API gives
 * them. The rules of a policy must all hold; each policy prunes by itself. One that asks what is not known here is left out
 * whole: without that rule it would prune more.
 */
export function importDtr(text: string): Imported {
  const problems: string[] = [];
  const parsed = readJson(text, problems);
  if (parsed === undefined) return { problems };
  const documents = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  const translated = documents.map((document, index) => {
    const path = Array.isArray(parsed) ? `[${index}]` : "";
    const fields = readFields(document, path, problems);
    if (fields === undefined) return NOTHING;
    return fields.has("tagLimit") ? readRepository(fields) : readPolicy(fields, index + 1);
  });
  if (problems.length > 0) return { problems };
  const rules = translated.flatMap((each) => each.rules);
  // A limit counts what the policies leave.
  const images = [
    ...rules.filter(({ keep }) => keep.last === undefined),
    ...rules.filter(({ keep }) => keep.last !== undefined),
  ];
  const remarks: Remark[] = [
    {
      text: "DTR refuses to remove tags that are signed in Notary; name them under protect, they are not known here.",
    },
    ...translated.flatMap((each) => each.remarks),
  ];
  if (images.some(({ match }) => match.repository === undefined))
    remarks.push({
      text: "Not every policy says whose it is: name the repositories under targets.",
    });
  return { policy: { source: "DTR pruning policies", protect: [], images }, remarks };
}

/** DTR prunes tags; content without a tag goes by its garbage collection, here in the same plan. */
function pruning(name: string, match: Match, last?: number): ImageRule {
  const keep = last === undefined ? {} : ({ last, by: "arrived" } as const);
  return { name, match, keep, untag: true };
}

function readRepository(fields: JsonFields): Translated {
  const limit = fields.whole("tagLimit", 0);
  const namespace = fields.text("namespace");
  const name = fields.text("name");
  const isImmutable = fields.flag("immutableTags") === true;
  if (limit === undefined || limit === 0) return NOTHING;
  if (isImmutable)
    fields.problem("tagLimit", "a repository with immutable tags has no limit (tagLimit 0)");
  const scope =
    namespace === undefined || name === undefined ? {} : onPaths([`${namespace}/${name}`]);
  const ruleName = name === undefined ? "tag-limit" : `tag-limit-${name}`;
  return {
    rules: [pruning(ruleName, everyOf([scope, { tag: "*" }]), limit)],
    remarks: [
      {
        rule: ruleName,
        text: "DTR counts tags as they are pushed, here images count, and one of several tags counts once. Never less is kept.",
      },
    ],
  };
}

function readPolicy(fields: JsonFields, number: number): Translated {
  const repository = fields.text("repository");
  const isEnabled = fields.flag("enabled") ?? true;
  const rules = fields.objects("rules");
  if (!fields.has("rules")) fields.problem("rules", "is missing, and so is a tagLimit");
  fields.refuseOthers("id", "lastPrunedAt");
  if (rules === undefined) return NOTHING;
  const name = `pruning-policy-${number}`;
  const leftOut = (why: string): Translated => ({
    rules: [],
    remarks: [{ text: `${name} is left out: ${why}.` }],
  });
  const read = rules.map(readRule);
  if (rules.length === 0) return leftOut("it has no rules");
  if (!isEnabled) return leftOut("it is switched off in DTR");
  const unknown = read.flatMap((each) => ("unknown" in each ? each.unknown : []));
  if (unknown.length > 0) return leftOut(unknown.join(", and "));
  const scope = repository === undefined ? {} : onPaths([repository]);
  const parts = read.flatMap((each) => ("match" in each ? each.match : []));
  // Only what has a tag can lose one.
  const tagged: Match = parts.some(({ tag }) => tag !== undefined) ? {} : { tag: "*" };
  return { rules: [pruning(name, everyOf([scope, tagged, ...parts]))], remarks: [] };
}

type Rule = { readonly match: Match } | { readonly unknown: string };

function readRule(fields: JsonFields): Rule {
  const field = fields.text("field") ?? "";
  const operator = fields.text("operator") ?? "";
  const values = fields.texts("values") ?? [];
  fields.refuseOthers();
  if (values.length === 0) fields.problem("values", "is missing");
  if (field === "tag") {
    const match = tagMatch(operator, values);
    if (typeof match !== "string") return { match };
    fields.problem("operator", match);
  } else if (field === "updated_at_duration") {
    const olderThan = parseDuration(values[0] ?? "");
    if (olderThan === undefined)
      fields.problem("values", `"${values[0]}" is no duration such as "720h"`);
    else if (operator === "bf") return { match: { olderThan, by: "arrived" } };
    else if (operator === "af") return { match: { not: { olderThan, by: "arrived" } } };
    else fields.problem("operator", `"${operator}" must be "bf" or "af"`);
  } else if (field === "updated_at") {
    return { unknown: "it asks for a date (updated_at); a policy here goes by ages" };
  } else if (
    /^(?:license\.name|component\.name|vulnerability_(?:all|critical|major|minor))$/.test(field)
  ) {
    return { unknown: `it asks for ${field}, which only DTR's scanner knows` };
  } else {
    fields.problem("field", `"${field}" is no field of DTR's rules`);
  }
  return { match: {} };
}
