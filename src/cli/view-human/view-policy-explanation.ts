import type { ProtectionHit } from "../../plan/explain/explain-decision.ts";
import type { PolicyExplanation } from "../../operations/explain-policy.ts";
import type { Output } from "../cli-context.ts";
import { renderFields } from "./fields.ts";
import { decisionOf, reasonsOf } from "./view-fate.ts";
import { nameImage } from "./view-image.ts";
import { formatMoment } from "./view-moment.ts";
import { placeOf, renderPaths } from "./view-path.ts";
import { sayTurns } from "./view-turns.ts";

/** The decision about one image, all that came before it, and what would turn it. */
export function renderPolicyExplanation(output: Output, explanation: PolicyExplanation): string {
  const { image, plan, fate, decision, turns } = explanation;
  const { source } = plan.policy;
  const fields = renderFields(output, nameImage(image), [
    ["ID", [image.id]],
    ["At", [formatMoment(plan.now)]],
    ["Decision", [decisionOf(fate, source)]],
    ["Because", reasonsOf(fate)],
    ["Protected", [...new Set(decision.protections.map((hit) => sayProtection(hit, source)))]],
    ["To change", turns.length > 0 ? sayTurns(turns) : [NOTHING]],
  ]);
  const paths = renderPaths(output, explanation, plan.policy);
  return paths === "" ? fields : `${fields}\n${paths}`;
}

const NOTHING = "nothing that was tried would; another policy may";

function sayProtection({ number, position, detail }: ProtectionHit, source: string): string {
  const at = position === undefined ? `protection ${number}` : placeOf(source, number, position);
  return `${at}: ${detail}`;
}
