import type { Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf } from "./compose.ts";
import { readImmutableTags, readScope } from "./harbor-selectors.ts";
import type { JsonFields } from "./json-fields.ts";

/** A rule on immutable tags, as a protection; nothing for one that is switched off. */
export function readImmutableRule(fields: JsonFields, remarks: Remark[]): readonly Match[] {
  fields.oneOf("action", ["immutable"]);
  fields.text("template");
  if (!fields.has("tag_selectors")) {
    fields.problem(undefined, "is neither a retention policy (rules) nor a rule on immutable tags");
  }
  const disabled = fields.flag("disabled") === true;
  const scope = readScope(fields);
  const { match, untold } = readImmutableTags(fields);
  const tags: Match = Object.keys(match).length === 0 ? { tag: "*" } : match;
  fields.refuseOthers("id", "project_id", "priority", "params", "creation_time", "update_time");
  if (disabled) {
    remarks.push({ text: "A rule on immutable tags is switched off in Harbor: left out." });
    return [];
  }
  for (const selector of untold) {
    remarks.push({
      text: `The selector ${selector} of a rule on immutable tags has no equal here: more is protected.`,
    });
  }
  return [everyOf([scope, tags])];
}
