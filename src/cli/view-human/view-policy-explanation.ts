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
    [
      "Protected",
      decision.protections.map((hit) => {
        const at =
          hit.position === undefined
            ? `protection ${hit.number}`
            : placeOf(source, hit.number, hit.position);
        return `${at}: ${hit.detail}`;
      }),
    ],
    ["To change", turns.length > 0 ? sayTurns(turns) : [NOTHING]],
  ]);
  const paths = renderPaths(output, explanation, plan.policy);
  return paths === "" ? fields : `${fields}\n${paths}`;
}

const NOTHING = "nothing that was tried would; another policy may";
