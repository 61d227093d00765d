import { createContentGraph, type Bytes } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Held } from "../plan/foreign-use.ts";
import { neighbourhood, type Neighbourhood } from "../plan/neighbourhood.ts";
import { createRemovalEffect } from "../plan/removal-effect.ts";
import type { Policy } from "../policy/policy.ts";
import {
  explainPolicy,
  fateOf,
  type DecisionEvidence,
  type Fate,
  type PolicyExplanation,
} from "./explain-policy.ts";
import { stateOf, usesElsewhere, type ImageState } from "./image-state.ts";
import { planRemovals } from "./plan.ts";

/** Another image, and what it has to do with this one. */
export interface Relative {
  readonly relation:
    | "built on it"
    | "its parent"
    | "index that lists it"
    | "manifest it lists"
    | "attached to it"
    | "its subject";
  readonly image: Image;
}

export interface Explanation extends PolicyExplanation {
  readonly state: ImageState;
  readonly uses: readonly Use[];
  /** What hosts that were asked hold of a registry's image. */
  readonly usedElsewhere: readonly Held[];
  /** Why other uses may be unknown: a host did not answer. */
  readonly useUnknown: string | undefined;
  readonly relatives: readonly Relative[];
  /** Freed by removing it alone, and what of its content would stay. */
  readonly exclusive: Bytes;
  readonly shared: Bytes;
  /** Images that would go with it because they are there only for it. */
  readonly goesWith: readonly Image[];
  /** What other policies would do, where the asked one keeps it. */
  readonly otherwise: readonly { readonly policy: string; readonly fate: Fate }[];
}

/** Explains one image under a policy; `alternatives` are tried only where that one keeps it. */
export async function explainImage(
  inventory: Inventory,
  image: Image,
  policy: Policy,
  alternatives: readonly Policy[],
  evidence: DecisionEvidence,
): Promise<Explanation> {
  const facts = neighbourhood(inventory, evidence.foreignUse);
  const effect = createRemovalEffect(createContentGraph(inventory), facts);
  const explained = await explainPolicy(inventory, image, policy, evidence);
  const uses = facts.uses.get(image.id) ?? [];
  const usedElsewhere = facts.usedElsewhere.get(image.id) ?? [];
  const otherPolicies =
    explained.fate.kind === "delete"
      ? []
      : alternatives.filter(({ source }) => source !== policy.source);
  const otherwise = [];
  for (const other of otherPolicies) {
    const { now, sha256, foreignUse } = evidence;
    const otherPlan = await planRemovals(inventory, other, now, sha256, undefined, foreignUse);
    otherwise.push({ policy: other.source, fate: fateOf(image.id, otherPlan) });
  }
  return {
    ...explained,
    state: stateOf(image, [...uses, ...usesElsewhere(usedElsewhere)], facts),
    uses,
    usedElsewhere,
    useUnknown: facts.useUnknown,
    relatives: relativesOf(image, facts),
    exclusive: effect.freedBy([image.id]),
    shared: effect.sharedOf(image.id),
    goesWith: [...effect.goesWith([image.id])].flatMap((id) =>
      id === image.id ? [] : (facts.byId.get(id) ?? []),
    ),
    otherwise,
  };
}

function relativesOf(image: Image, facts: Neighbourhood): readonly Relative[] {
  const held = (facts.holds.get(image.id) ?? []).flatMap((id) => facts.byId.get(id) ?? []);
  const holders = (facts.heldBy.get(image.id) ?? []).flatMap((id) => facts.byId.get(id) ?? []);
  return [
    ...held.map((other) => ({ relation: relationOfHeld(image, other), image: other })),
    ...holders.map((holder) => ({ relation: relationOfHolder(image, holder), image: holder })),
  ];
}

function relationOfHeld(image: Image, held: Image): Relative["relation"] {
  if (image.parent === held.id) return "its parent";
  return image.children?.includes(held.id) ? "manifest it lists" : "attached to it";
}

function relationOfHolder(image: Image, holder: Image): Relative["relation"] {
  if (holder.parent === image.id) return "built on it";
  return holder.children?.includes(image.id) ? "index that lists it" : "its subject";
}
