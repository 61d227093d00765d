import { shortDigest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import type { ImageFacts } from "./image-facts.ts";
import { RULES } from "./reason.ts";
import type { Verdict } from "./verdict.ts";

/** The final answer for an image: kept, or deleted. */
export type Settled = Exclude<Verdict, { readonly kind: "follow" }>;

/**
 * Settles what images owe each other: whatever a kept image stands on stays (the parents it was built on, the manifests of
 * an index, the referrers of a subject), and an image without a name goes when everything it belongs to goes. One that
 * belongs to nothing that a rule takes (a circle that only a false inventory can claim) stays. Verdicts and answers stand
 * at the positions of `facts.images`.
 */
export function followNeighbours(facts: ImageFacts, verdicts: readonly Verdict[]): Settled[] {
  const settled: (Settled | undefined)[] = verdicts.map((verdict) =>
    verdict.kind === "follow" ? undefined : verdict,
  );
  const queue = [...facts.holds.keys()].filter((position) => settled[position]?.kind === "keep");
  for (let holder = queue.pop(); holder !== undefined; holder = queue.pop()) {
    for (const position of facts.holds.get(holder) ?? []) {
      if (settled[position]?.kind === "keep") continue;
      settled[position] = keptFor(holder, position, settled[position], facts);
      queue.push(position);
    }
  }
  deleteFollowers(facts, settled);
  if (!settled.includes(undefined)) return settled as Settled[];
  return followNeighbours(
    facts,
    verdicts.map((verdict, position) => (settled[position] === undefined ? IN_A_CIRCLE : verdict)),
  );
}

const IN_A_CIRCLE: Settled = {
  kind: "keep",
  reasons: [{ rule: RULES.neededBy, detail: "it belongs to images that belong to it" }],
  evictable: false,
  untag: [],
};

/** What is left undecided when nothing kept needs it any more goes by the rule that takes what it belongs to. */
function deleteFollowers(facts: ImageFacts, settled: (Settled | undefined)[]): void {
  const going = [...facts.holds.keys()].filter((position) => settled[position]?.kind === "delete");
  for (const holder of going) {
    const verdict = settled[holder];
    if (verdict?.kind !== "delete") continue;
    for (const position of facts.holds.get(holder) ?? []) {
      if (settled[position] !== undefined) continue;
      const detail = sayFollower(position, facts);
      settled[position] = { kind: "delete", rule: verdict.rule, detail, untag: false };
      going.push(position);
    }
  }
}

function keptFor(
  holder: number,
  position: number,
  verdict: Settled | undefined,
  facts: ImageFacts,
): Settled {
  const references = facts.images[position]?.references ?? [];
  const untag =
    verdict?.kind === "delete" && verdict.untag
      ? references.map((reference) => ({ reference, rule: verdict.rule, detail: verdict.detail }))
      : [];
  return {
    kind: "keep",
    reasons: [
      {
        rule: RULES.neededBy,
        detail: `${relation(holder, position, facts)} ${nameOf(holder, facts)}, which stays`,
      },
    ],
    evictable: false,
    untag,
  };
}

function relation(holder: number, position: number, facts: ImageFacts): string {
  const id = facts.images[position]?.id ?? "";
  const image = facts.images[holder];
  if (image?.parent === id) return "it is the parent of";
  return image?.children?.includes(id) ? "it is listed by the index" : "it is attached to";
}

function nameOf(position: number, facts: ImageFacts): string {
  const image = facts.images[position];
  const [reference] = image?.references ?? [];
  return reference === undefined ? shortDigest(image?.id ?? "") : familiarName(reference);
}

function sayFollower(position: number, facts: ImageFacts): string {
  const id = facts.images[position]?.id ?? "";
  const image = facts.images[facts.heldBy.get(position)?.[0] ?? -1];
  if (image?.parent === id) return "unnamed step of a build; nothing that was built on it stays";
  return image?.children?.includes(id)
    ? "no index that lists it stays"
    : "what it is attached to goes";
}
