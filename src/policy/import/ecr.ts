import type { ImageRule } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf, onPaths } from "./compose.ts";
import { readEcrRule, type EcrRule } from "./ecr-rule.ts";
import { literalGlob } from "./foreign-globs.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson } from "./json-fields.ts";

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
  const read = (rules ?? []).map(readEcrRule).toSorted((a, b) => a.priority - b.priority);
  checkTogether(read);
  if (problems.length > 0) return { problems };

  if (repository === undefined) {
    remarks.push({
      text: "ECR has a policy for each repository, and this one does not say whose it is: name its repository under targets. The rules count within each repository.",
    });
  }
  const images = read.flatMap((rule): readonly ImageRule[] => {
    const name = `priority-${rule.priority}`;
    if (rule.storageClass === "archive") {
      remarks.push({
        text: `${name} is on images in ECR's archive, which cannot be pulled and have no equal here: left out.`,
      });
      return [];
    }
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
