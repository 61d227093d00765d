import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { decide } from "../plan/decide.ts";
import { explainDecision, type ExplainedDecision } from "../plan/explain/explain-decision.ts";
import type { World } from "../plan/explain/explain-events.ts";
import { prospectsOf } from "../plan/explain/explain-prospects.ts";
import { findTurns, type Turn } from "../plan/explain/explain-turns.ts";
import { imageFacts } from "../plan/image-facts.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { libraryNeeds } from "../policy/library-needs.ts";
import type { Policy } from "../policy/policy.ts";
import { loadLibraries } from "./load-libraries.ts";
import type { Sha256 } from "./plan.ts";

/** What becomes of an image by a plan. */
export type Fate =
  | { readonly kind: "delete"; readonly action: Action }
  | {
      readonly kind: "keep";
      readonly reasons: readonly { readonly rule: string; readonly detail: string }[];
      /** Names that go although the image stays. */
      readonly untags: readonly Action[];
    };

/** How a policy comes to its answer about one image. */
export interface PolicyExplanation {
  readonly image: Image;
  readonly plan: Plan;
  readonly fate: Fate;
  readonly decision: ExplainedDecision;
  /** What would turn the answer; none where only another policy would, or nothing that was tried. */
  readonly turns: readonly Turn[];
}

/** What a decision is made by, beside the inventory and the policy. */
export interface DecisionEvidence {
  readonly now: string;
  readonly sha256: Sha256;
  /** What hosts hold or use of the images of a registry. */
  readonly foreignUse?: ForeignUse;
}

/** Explains the decision of a policy about one image of the inventory. */
export async function explainPolicy(
  inventory: Inventory,
  image: Image,
  policy: Policy,
  evidence: DecisionEvidence,
): Promise<PolicyExplanation> {
  const libraries = await loadLibraries(libraryNeeds(policy));
  const plan = decide(inventory, policy, { ...evidence, libraries });
  const fate = fateOf(image.id, plan);
  const nowMs = Date.parse(evidence.now);
  const removed = plan.actions.filter(({ kind }) => kind === "remove-container");
  const going = new Set(removed.map(({ subject }) => subject));
  const { foreignUse } = evidence;
  const facts = imageFacts(inventory, going, undefined, foreignUse);
  const position = inventory.images.indexOf(image);
  const decision = explainDecision(inventory, policy, facts, position, nowMs, libraries);
  if (decision === undefined) throw new RangeError(`${image.id} is not in the inventory`);
  const goesNow = fate.kind === "delete";
  const world = { inventory, policy, nowMs };
  const prospects = prospectsOf(decision, goesNow, facts, position, world);
  // Nobody compares the plans of what may happen: their digests would be work for nothing.
  const goesIn = ({ inventory: then, nowMs: thenMs }: World): boolean => {
    const now = new Date(thenMs).toISOString();
    const context = { ...evidence, now, sha256: () => "", libraries };
    return isDeleted(image.id, decide(then, policy, context));
  };
  return {
    image,
    plan,
    fate,
    decision,
    turns: prospects === undefined ? [] : findTurns(prospects, world, goesIn),
  };
}

export function fateOf(id: Digest, plan: Plan): Fate {
  const action = plan.actions.find((each) => deletes(each, id));
  if (action) return { kind: "delete", action };
  return {
    kind: "keep",
    reasons: plan.kept.find(({ subject }) => subject === id)?.reasons ?? [],
    untags: plan.actions.filter(({ kind, imageId }) => kind === "untag" && imageId === id),
  };
}

function isDeleted(id: Digest, { actions }: Plan): boolean {
  return actions.some((action) => deletes(action, id));
}

function deletes({ kind, subject }: Action, id: Digest): boolean {
  return kind === "delete-image" && subject === id;
}
