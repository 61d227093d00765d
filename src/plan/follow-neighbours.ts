import type { Digest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import { shortDigest } from "../oci/digest.ts";
import type { ImageFacts } from "./image-facts.ts";
import type { Verdict } from "./image-verdicts.ts";
import { RULES } from "./reason.ts";

/** The final answer for an image: kept, or deleted. */
export type Settled = Exclude<Verdict, { readonly kind: "follow" }>;

/**
 * Settles what images owe each other: whatever a kept image stands on stays (the parents it was built on, the manifests of
 * an index, the referrers of a subject), and an image without a name goes when everything it belongs to goes.
 */
export function followNeighbours(facts: ImageFacts, verdicts: ReadonlyMap<Digest, Verdict>): Map<Digest, Settled> {
  const settled = new Map<Digest, Settled>();
  const queue: Digest[] = [];
  for (const { id } of facts.images) {
    const verdict = verdicts.get(id);
    if (verdict === undefined || verdict.kind === "follow") continue;
    settled.set(id, verdict);
    if (verdict.kind === "keep") queue.push(id);
  }
  for (let holder = queue.pop(); holder !== undefined; holder = queue.pop()) {
    for (const id of facts.holds.get(holder) ?? []) {
      const verdict = settled.get(id);
      if (verdict?.kind === "keep") continue;
      settled.set(id, keptFor(holder, id, verdict, facts));
      queue.push(id);
    }
  }
  for (const { id } of facts.images) {
    if (settled.has(id)) continue;
    const rule = ruleOfHolder(id, facts, settled);
    settled.set(id, { kind: "delete", rule, detail: sayFollower(id, facts), untag: false });
  }
  return settled;
}

function keptFor(holder: Digest, id: Digest, verdict: Settled | undefined, facts: ImageFacts): Settled {
  const references = facts.byId.get(id)?.references ?? [];
  const untag =
    verdict?.kind === "delete" && verdict.untag
      ? references.map((reference) => ({ reference, rule: verdict.rule, detail: verdict.detail }))
      : [];
  return {
    kind: "keep",
    reasons: [{ rule: RULES.neededBy, detail: `${relation(holder, id, facts)} ${nameOf(holder, facts)}, which stays` }],
    evictable: false,
    untag,
  };
}

function relation(holder: Digest, id: Digest, facts: ImageFacts): string {
  const image = facts.byId.get(holder);
  if (image?.parent === id) return "it is the parent of";
  return image?.children?.includes(id) ? "it is listed by the index" : "it is attached to";
}

function nameOf(id: Digest, facts: ImageFacts): string {
  const [reference] = facts.byId.get(id)?.references ?? [];
  return reference === undefined ? shortDigest(id) : familiarName(reference);
}

/** The rule that takes what an unnamed image belongs to; through any number of unnamed ones. */
function ruleOfHolder(id: Digest, facts: ImageFacts, settled: ReadonlyMap<Digest, Settled>): string {
  const seen = new Set<Digest>([id]);
  for (const each of seen) {
    const verdict = settled.get(each);
    if (verdict?.kind === "delete") return verdict.rule;
    for (const holder of facts.heldBy.get(each) ?? []) seen.add(holder);
  }
  return RULES.neededBy;
}

function sayFollower(id: Digest, facts: ImageFacts): string {
  const [holder = ""] = facts.heldBy.get(id) ?? [];
  const image = facts.byId.get(holder);
  if (image?.parent === id) return "unnamed step of a build; nothing that was built on it stays";
  return image?.children?.includes(id) ? "no index that lists it stays" : "what it is attached to goes";
}
