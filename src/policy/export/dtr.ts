import type { PolicyLibraries } from "../libraries.ts";
import { splitName } from "../name-pattern.ts";
import { listOf } from "../pattern.ts";
import type { ImageRule, Keep, Policy, TagPattern } from "../policy.ts";
import {
  aged,
  conditionsOf,
  exactTags,
  type Conditions,
  type DtrCondition,
  type DtrRule,
} from "./dtr-conditions.ts";
import { areApart } from "./tags-apart.ts";
import { canHoldIn } from "./repository-scope.ts";

/** A pruning policy as DTR's interface takes it: all of its rules must hold for a tag to go. */
export interface DtrPolicy {
  readonly enabled: boolean;
  readonly rules: readonly DtrRule[];
}

/** What a policy means for one repository, in DTR's terms. */
export interface ExportedPolicy {
  readonly policies: readonly { readonly rule: string; readonly policy: DtrPolicy }[];
  /** What has no equal there. A rule of which anything is named is not among the policies. */
  readonly unsayable: readonly { readonly rule?: string; readonly detail: string }[];
  /** What DTR does otherwise in any case, as sentences. */
  readonly remarks: readonly string[];
}

/** `repository` is `registry/path`. */
export function exportDtr(
  policy: Policy,
  repository: string,
  libraries: PolicyLibraries,
): ExportedPolicy {
  const name = splitName(repository);
  const policies: { rule: string; policy: DtrPolicy }[] = [];
  const unsayable: { rule?: string; detail: string }[] = [];
  const excepted = policy.protect
    .filter((match) => canHoldIn(match, name, libraries))
    .flatMap((match) => {
      const { registry: _, repository: __, tag, ...others } = match;
      const tags = tag === undefined ? undefined : exactTags(listOf<TagPattern>(tag));
      if (tags !== undefined && Object.keys(others).length === 0) return tags;
      unsayable.push({ detail: "protect: it can except whole tags, and nothing else" });
      return [];
    });
  const exceptions: readonly DtrCondition[] =
    excepted.length === 0 ? [] : [[{ field: "tag", operator: "noo", values: excepted }]];
  const inReach = policy.images.filter(({ match }) => canHoldIn(match, name, libraries));
  inReach.forEach((rule, index) => {
    if (neverRemoves(rule)) return;
    const { conditions, unsayable: details } = readRule(rule);
    const earlier = inReach
      .slice(0, index)
      .find((each) => keeps(each) && !areApart(each.match, rule.match));
    if (earlier !== undefined)
      details.push(
        `the rule ${earlier.name} keeps some of these tags first; there each prunes by itself`,
      );
    if (conditions.length === 0 && details.length === 0)
      details.push("it takes every tag, and a policy there needs a condition");
    unsayable.push(...details.map((detail) => ({ rule: rule.name, detail })));
    // Half of a rule would take more than the rule.
    if (details.length > 0) return;
    for (const rules of alternatives([...conditions, ...exceptions]))
      policies.push({ rule: rule.name, policy: { enabled: true, rules } });
  });
  if (policy.headroom !== undefined || policy.freeBytes !== undefined)
    unsayable.push({ detail: "it knows nothing of the room on a disk" });
  return { policies, unsayable, remarks: remarksOn(policy) };
}

function neverRemoves({ keep, decides }: ImageRule): boolean {
  return keep.always === true || decides === "keep";
}

/** Whether later rules are not asked about some of what this one matches. */
function keeps({ keep, decides }: ImageRule): boolean {
  return decides !== "remove" && Object.keys(keep).some((key) => key !== "by");
}

function readRule(rule: ImageRule): { conditions: DtrCondition[]; unsayable: string[] } {
  const parts = [conditionsOf(rule.match), letGo(rule.keep)];
  const unsayable = parts.flatMap((part) => part.unsayable);
  if (rule.untag === undefined || rule.untag === false)
    unsayable.push("it takes a tag whatever other tags the image has: write untag: true");
  if (rule.untag === "only") unsayable.push("the content of what has lost its tags goes there");
  if (rule.underPressure === true || rule.onlyUnderPressure === true)
    unsayable.push("it knows nothing of the room on a disk");
  return { conditions: parts.flatMap((part) => part.conditions), unsayable };
}

/** What a rule does not keep. */
function letGo({ by, within, ...others }: Keep): Conditions {
  const unsayable = Object.keys(others).map((criterion) => `it cannot keep by ${criterion}`);
  if (within === undefined) return { conditions: [], unsayable };
  const age = aged(within, by === "version" ? "active" : by, "bf");
  return { conditions: age.conditions, unsayable: [...unsayable, ...age.unsayable] };
}

/** One list of rules for each way to take one rule out of every condition. */
function alternatives(conditions: readonly DtrCondition[]): readonly (readonly DtrRule[])[] {
  return conditions.reduce<readonly (readonly DtrRule[])[]>(
    (lists, condition) => lists.flatMap((list) => condition.map((rule) => [...list, rule])),
    [[]],
  );
}

function remarksOn({ inUseOn, targets = {}, limits }: Policy): readonly string[] {
  const engines = inUseOn ?? Object.values(targets).filter(({ kind }) => kind === "engine");
  return [
    "DTR goes by the push of each tag; here an image is as young as its youngest tag.",
    ...(engines.length === 0
      ? []
      : ["DTR does not ask the hosts: it prunes what they use as well."]),
    ...(Object.keys(limits ?? {}).length === 0 ? [] : ["DTR has no limits: it stops at nothing."]),
  ];
}
