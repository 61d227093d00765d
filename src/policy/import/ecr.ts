import type { ImageRule, Keep, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { DAY_MS, everyOf, onPaths } from "./compose.ts";
import { literalGlob, starGlob } from "./foreign-globs.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/**
 * AWS ECR's lifecycle policies, alone or as `aws ecr get-lifecycle-policy` prints them. ECR looks at images, not tags: one
 * with tags for a rule is claimed by it, and no rule of a lower priority expires it, though it still counts there.
 */
export function importEcr(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const outer = readFields(readJson(text, problems) ?? {}, "", problems);
  const inner = outer?.text("lifecyclePolicyText");
  const repository = outer?.text("repositoryName");
  const document =
    inner === undefined ? outer : readFields(readJson(inner, problems) ?? {}, "", problems);
  if (problems.length > 0) return { problems };
  const rules = document?.objects("rules");
  if (rules === undefined) document?.problem("rules", "is missing: a list of rules");
  const read = (rules ?? [])
    .map((fields) => readRule(fields))
    .toSorted((a, b) => a.priority - b.priority);
  checkTogether(read);
  if (problems.length > 0) return { problems };

  if (repository === undefined) {
    remarks.push({
      text: "ECR has a policy for each repository, and this one does not say whose it is: name its repository under targets. The rules count within each repository.",
    });
  }
  const claimed = new Set<string>();
  const images = read.flatMap((rule): readonly ImageRule[] => {
    const name = `priority-${rule.priority}`;
    const claims = JSON.stringify(rule.claims);
    if (rule.storageClass === "archive") {
      remarks.push({
        text: `${name} is on images in ECR's archive, which cannot be pulled and have no equal here: left out.`,
      });
      return [];
    }
    if (claimed.has(claims)) {
      remarks.push({
        text: `${name} is left out: a rule of a higher priority claims the same images, so that ECR never expires one by it.`,
      });
      return [];
    }
    claimed.add(claims);
    if (rule.description !== undefined && rule.description.trim() !== "") {
      remarks.push({ rule: name, text: rule.description.trim() });
    }
    if (rule.action === "transition") {
      remarks.push({
        rule: name,
        text: "ECR moves these images to its archive after a while, which has no equal here: they are kept.",
      });
    }
    const where = repository === undefined ? {} : onPaths([literalGlob(repository)]);
    return [{ name, match: everyOf([where, rule.claims]), keep: rule.keep }];
  });
  return { policy: { source: "ECR lifecycle policy", protect: [], images }, remarks };
}

interface EcrRule {
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

function readRule(fields: JsonFields): EcrRule {
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

/** What ECR asks of the rules of one policy. */
function checkTogether(sorted: readonly EcrRule[]): void {
  sorted.forEach((rule, index) => {
    const { fields, priority, tagStatus, storageClass } = rule;
    const before = sorted.slice(0, index);
    if (before.some((other) => other.priority === priority && priority > 0)) {
      fields.problem("rulePriority", `${priority} stands at another rule already`);
    }
    const isLast = !sorted
      .slice(index + 1)
      .some((other) => other.storageClass === storageClass && other.priority > 0);
    if (tagStatus === "any" && !isLast) {
      fields.problem("selection.tagStatus", "any must have the highest rulePriority");
    }
    const twice = before.some(
      (other) => other.tagStatus === "untagged" && other.storageClass === storageClass,
    );
    if (tagStatus === "untagged" && twice) {
      fields.problem("selection.tagStatus", "only one rule may be on untagged images");
    }
  });
}
