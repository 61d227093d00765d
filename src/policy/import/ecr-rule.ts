import type { Keep, Match } from "../policy.ts";
import { DAY_MS, everyOf } from "./compose.ts";
import { literalGlob, starGlob } from "./foreign-globs.ts";
import type { JsonFields } from "./json-fields.ts";

/** One rule of a lifecycle policy. */
export interface EcrRule {
  readonly fields: JsonFields;
  readonly priority: number;
  readonly description: string | undefined;
  readonly tagStatus: string | undefined;
  readonly storageClass: string;
  readonly action: "expire" | "transition";
  /** The images that no later rule decides about. */
  readonly claims: Match;
  readonly keep: Keep;
}

export function readEcrRule(fields: JsonFields): EcrRule {
  const priority = fields.whole("rulePriority", 1);
  if (!fields.has("rulePriority")) fields.problem("rulePriority", "is missing");
  const description = fields.text("description");
  const selection = fields.object("selection");
  if (!fields.has("selection")) fields.problem("selection", "is missing");
  const target = fields.object("action");
  const action = target?.oneOf("type", ["expire", "transition"]);
  if (!fields.has("action") || target?.has("type") === false) {
    fields.problem("action.type", "is missing");
  }
  const to = target?.oneOf("targetStorageClass", ["archive"]);
  if (action === "transition" && target?.has("targetStorageClass") === false) {
    target.problem("targetStorageClass", "is missing");
  }
  if (action === "expire" && to !== undefined) {
    target?.problem("targetStorageClass", "goes with the action transition only");
  }
  target?.refuseOthers();
  fields.refuseOthers();
  const tagStatus = selection?.oneOf("tagStatus", ["tagged", "untagged", "any"]);
  const storageClass = selection?.oneOf("storageClass", ["standard", "archive"]) ?? "standard";
  const expires = selection && readCount(selection, storageClass, action);
  const claims = selection ? readClaims(selection, tagStatus) : {};
  selection?.refuseOthers();
  return {
    fields,
    priority: priority ?? 0,
    description,
    tagStatus,
    storageClass,
    action: action ?? "expire",
    claims,
    keep: action === "expire" && expires ? expires : { always: true },
  };
}

function readClaims(selection: JsonFields, tagStatus: string | undefined): Match {
  if (tagStatus === undefined && !selection.has("tagStatus")) {
    selection.problem("tagStatus", "is missing");
  }
  const prefixes = selection.texts("tagPrefixList");
  const patterns = selection.texts("tagPatternList");
  const count = (prefixes?.length ?? 0) + (patterns?.length ?? 0);
  if (tagStatus !== "tagged") {
    if (tagStatus !== undefined && count > 0) {
      selection.problem(undefined, `tagStatus ${tagStatus} takes no list of tags`);
    }
    return tagStatus === "untagged" ? { state: "untagged" } : {};
  }
  if (count === 0) selection.problem(undefined, "tagStatus tagged needs a list of tags");
  if (prefixes?.length && patterns?.length) {
    selection.problem(undefined, "either tagPrefixList or tagPatternList, not both");
  }
  for (const pattern of patterns ?? []) {
    if (pattern.split("*").length <= MOST_STARS + 1) continue;
    selection.problem("tagPatternList", `"${pattern}" has more than ${MOST_STARS} wildcards`);
  }
  const globs = [
    ...(prefixes ?? []).map((prefix) => `${literalGlob(prefix)}*`),
    ...(patterns ?? []).map(starGlob),
  ];
  // Every pattern must be met, each by whichever tag of the image.
  return everyOf(globs.map((tag) => ({ anyName: { tag } })));
}

const MOST_STARS = 4;

/** What the rule leaves, undefined for what has no equal here. */
function readCount(
  selection: JsonFields,
  storageClass: string,
  action: string | undefined,
): Keep | undefined {
  const type = selection.oneOf("countType", [
    "imageCountMoreThan",
    "sinceImagePushed",
    "sinceImagePulled",
    "sinceImageTransitioned",
  ]);
  const unit = selection.oneOf("countUnit", ["days"]);
  const count = selection.whole("countNumber", 1);
  for (const name of ["countType", "countNumber"]) {
    if (!selection.has(name)) selection.problem(name, "is missing");
  }
  if (type === "imageCountMoreThan" && unit !== undefined) {
    selection.problem("countUnit", "goes with a countType since… only");
  }
  if (type !== undefined && type !== "imageCountMoreThan" && !selection.has("countUnit")) {
    selection.problem("countUnit", `is missing: ${type} needs it`);
  }
  if (type === "sinceImagePulled" && action === "expire") {
    selection.problem("countType", "sinceImagePulled goes with the action transition only");
  }
  if ((type === "sinceImageTransitioned") !== (storageClass === "archive") && type !== undefined) {
    selection.problem(
      "storageClass",
      "archive and the countType sinceImageTransitioned go together",
    );
  }
  if (count === undefined) return undefined;
  switch (type) {
    case "imageCountMoreThan":
      return { last: count, by: "arrived", among: "match" };
    case "sinceImagePushed":
      return { within: count * DAY_MS, by: "arrived" };
    default:
      return undefined;
  }
}
