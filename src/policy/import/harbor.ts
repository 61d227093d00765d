import type { ImageRule, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { someOf } from "./compose.ts";
import { readImmutableRule } from "./harbor-immutability.ts";
import { readRetainRule } from "./harbor-retention.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/**
 * Harbor's retention policy of a project, its immutability rules, or both in one list (`jq -s .`). An artifact goes when its
 * repository is in the scope of a rule and no rule retains it; immutable tags protect theirs.
 */
export function importHarbor(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const document = readJson(text, problems);
  if (problems.length > 0) return { problems };
  const documents = [document].flat(2).flatMap((each: unknown, index) => {
    const path = Array.isArray(document) ? `[${index}]` : "";
    return readFields(each, path, problems) ?? [];
  });
  const retentions = documents.filter((fields) => fields.has("rules"));
  const immutable = documents.filter((fields) => !fields.has("rules"));
  if (retentions.length > 1) {
    problems.push("there is more than one retention policy: import each project by itself");
  }
  const protect = immutable.flatMap((fields) => readImmutableRule(fields, remarks));
  const [retention] = retentions;
  const read = retention && readRetention(retention, remarks);
  if (problems.length > 0) return { problems };

  remarks.unshift({
    text: "Harbor has these rules for each project, and they do not say whose they are: name the project's repositories under targets (PROJECT/**). The first segment of a path is the project.",
  });
  const policy = { source: "Harbor retention", protect, images: read?.images ?? [] };
  return {
    policy: read?.schedule === undefined ? policy : { ...policy, schedule: read.schedule },
    remarks,
  };
}

interface Retention {
  readonly images: readonly ImageRule[];
  readonly schedule: string | undefined;
}

function readRetention(fields: JsonFields, remarks: Remark[]): Retention {
  fields.oneOf("algorithm", ["or"]);
  const rules = fields.objects("rules") ?? [];
  const scopes: Match[] = [];
  const images: ImageRule[] = [];
  rules.forEach((each, index) => {
    const name = `retain-${index + 1}`;
    const rule = readRetainRule(each, name, remarks);
    if (rule.disabled) {
      remarks.push({ text: `Rule ${index + 1} is switched off in Harbor: left out.` });
      return;
    }
    scopes.push(rule.scope);
    if (rule.retain !== undefined) images.push(rule.retain);
  });
  const schedule = readSchedule(fields, remarks);
  fields.refuseOthers("id", "scope");
  if (scopes.length > 0) images.push({ name: "not-retained", match: someOf(scopes), keep: {} });
  return { images, schedule };
}

/** Harbor's cron has a field for seconds in front. */
function readSchedule(fields: JsonFields, remarks: Remark[]): string | undefined {
  const trigger = fields.object("trigger");
  trigger?.text("kind");
  const cron = trigger?.object("settings")?.text("cron") ?? "";
  trigger?.refuseOthers("references");
  if (cron === "") return undefined;
  const [seconds, ...rest] = cron.trim().split(/\s+/);
  if (seconds === "0" && rest.length === 5) return rest.join(" ").replaceAll("?", "*");
  remarks.push({
    text: `It runs on the schedule "${cron}" there, which has no equal here: say when with schedule.`,
  });
  return undefined;
}
