import type { Age, ImageRule, Keep, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { DAY_MS, everyOf } from "./compose.ts";
import { readArtifactTags, readScope } from "./harbor-selectors.ts";
import type { JsonFields } from "./json-fields.ts";

export interface RetainRule {
  readonly disabled: boolean;
  /** The repositories in which what no rule retains goes. */
  readonly scope: Match;
  /** Undefined for a rule that retains nothing. */
  readonly retain: ImageRule | undefined;
}

/** A template with one number: so many of the newest, or so many days. */
interface Template {
  readonly count: "last" | "days";
  readonly by: Age;
  readonly byDefault: number;
}

const TEMPLATES: Readonly<Record<string, Template>> = {
  latestPushedK: { count: "last", by: "arrived", byDefault: 10 },
  latestPulledN: { count: "last", by: "used", byDefault: 10 },
  latestActiveK: { count: "last", by: "active", byDefault: 10 },
  nDaysSinceLastPush: { count: "days", by: "arrived", byDefault: 30 },
  nDaysSinceLastPull: { count: "days", by: "used", byDefault: 30 },
  lastXDays: { count: "days", by: "arrived", byDefault: 10 },
};

/** Harbor refuses counts of this and more. */
const COUNT_LIMIT = 32_767;

export function readRetainRule(fields: JsonFields, name: string, remarks: Remark[]): RetainRule {
  fields.oneOf("action", ["retain"]);
  const disabled = fields.flag("disabled") === true;
  const scope = readScope(fields);
  const { match, untold } = readArtifactTags(fields);
  const keep = readTemplate(fields, name, remarks);
  fields.refuseOthers("id", "priority");
  if (keep === "nothing") return { disabled, scope, retain: undefined };
  if (untold.length > 0 && !disabled) {
    remarks.push({
      rule: name,
      text: `The selectors ${untold.join(", ")} have no equal here: everything that the others select is kept.`,
    });
  }
  const retained: Keep = untold.length > 0 ? { always: true } : keep;
  return {
    disabled,
    scope,
    retain: { name, match: everyOf([scope, match]), keep: retained, decides: "keep" },
  };
}

function readTemplate(fields: JsonFields, name: string, remarks: Remark[]): Keep | "nothing" {
  const template = fields.text("template") ?? "";
  const params = fields.object("params");
  if (template === "always") return { always: true };
  if (template === "nothing") return "nothing";
  const known = Object.hasOwn(TEMPLATES, template) ? TEMPLATES[template] : undefined;
  if (known === undefined) {
    fields.problem("template", `"${template}" is not a template of Harbor's`);
    return "nothing";
  }
  const raw = params?.raw(template);
  params?.refuseOthers();
  if (typeof raw === "number" && raw >= COUNT_LIMIT) {
    params?.problem(template, `must be less than ${COUNT_LIMIT}`);
  }
  const isNumber = typeof raw === "number" && raw >= 0;
  const count = isNumber ? Math.trunc(raw) : known.byDefault;
  if (!isNumber) {
    remarks.push({
      rule: name,
      text: `${template} has no number that Harbor takes: its default is ${count}.`,
    });
  }
  if (count === 0) return "nothing";
  return known.count === "last"
    ? { last: count, by: known.by, among: "match" }
    : { within: count * DAY_MS, by: known.by };
}
