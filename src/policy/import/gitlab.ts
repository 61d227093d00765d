import { compileExpression } from "../expression.ts";
import type { ImageRule } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { keepAny } from "./compose.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";
import { parseSpokenDuration } from "./spoken-duration.ts";

/**
 * GitLab's cleanup policy for container images: the attributes alone, or inside a project as the API gives and takes them.
 * It goes tag by tag: never `latest`, of what `name_regex_delete` takes nothing that `name_regex_keep` holds, then neither
 * the newest `keep_n` nor what is younger than `older_than`.
 */
export function importGitlab(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const outer = readFields(readJson(text, problems) ?? {}, "", problems);
  const fields =
    outer?.object("container_expiration_policy") ??
    outer?.object("container_expiration_policy_attributes") ??
    outer;
  if (fields === undefined) return { problems };
  const isEnabled = fields.flag("enabled") !== false;
  const keepLast = readCount(fields);
  const olderThan = readAge(fields);
  const deleted =
    readExpression(fields, "name_regex_delete") ?? readExpression(fields, "name_regex");
  const kept = readExpression(fields, "name_regex_keep");
  const cadence = fields.text("cadence");
  fields.refuseOthers("next_run_at", "created_at", "updated_at", "project_id", "name_regex");
  if (problems.length > 0) return { problems };

  remarks.push({
    text: "GitLab has a policy for each project, and this one does not say whose it is: name the project's repositories under targets.",
  });
  if (!isEnabled) remarks.push({ text: "It is switched off in GitLab: nothing is removed." });
  else if (deleted === undefined) {
    remarks.push({ text: "It has no name_regex_delete: nothing is removed." });
  }
  if (cadence !== undefined) {
    remarks.push({ text: `It runs every ${cadence} there: say when with schedule.` });
  }
  const images =
    isEnabled && deleted !== undefined ? rules(deleted, kept, keepLast, olderThan) : [];
  if (images.length > 0 && keepLast !== undefined) {
    remarks.push({
      rule: "delete",
      text: "keep_n counts tags in GitLab, tags without a time as the newest; here images count, those of unknown age are kept besides. Never less is kept.",
    });
  }
  if (images.length > 0 && (keepLast !== undefined || olderThan !== undefined)) {
    remarks.push({
      rule: "delete",
      text: "Ages are those of the build, as for GitLab's own registry without a metadata database; with one, write by: arrived.",
    });
  }
  return { policy: { source: "GitLab cleanup policy", protect: [], images }, remarks };
}

function rules(
  deleted: string,
  kept: string | undefined,
  last: number | undefined,
  within: number | undefined,
): readonly ImageRule[] {
  return [
    { name: "latest", match: { tag: "latest" }, keep: { always: true } },
    ...(kept === undefined
      ? []
      : [{ name: "keep", match: { tag: wholeTag(kept) }, keep: { always: true } } as const]),
    {
      name: "delete",
      match: { tag: wholeTag(deleted) },
      keep: keepAny([{ by: "created", last, within }]),
      untag: true,
    },
  ];
}

/** As GitLab writes it: without a group, so that the first of `a|b` is anchored at the start only. */
function wholeTag(expression: string): string {
  return `/\\A${expression}\\z/`;
}

function readExpression(fields: JsonFields, name: string): string | undefined {
  const expression = fields.text(name);
  if (expression === undefined || expression === "") return undefined;
  if (compileExpression(expression) !== undefined) return expression;
  return fields.problem(name, `"${expression}" is not an RE2 expression`);
}

/** The API takes a number, forms send its digits. */
function readCount(fields: JsonFields): number | undefined {
  const raw = fields.raw("keep_n");
  if (typeof raw === "string" && /^\d+$/.test(raw)) return Number(raw) || undefined;
  return raw === "" ? undefined : fields.whole("keep_n", 1);
}

function readAge(fields: JsonFields): number | undefined {
  const text = fields.text("older_than");
  if (text === undefined || text === "") return undefined;
  return (
    parseSpokenDuration(text) ??
    fields.problem("older_than", `"${text}" is not a duration such as 14d`)
  );
}
