import type { Inventory } from "../inventory/inventory.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import { compileMatch, type Candidate } from "../policy/match.ts";
import type { Policy } from "../policy/policy.ts";
import { toCandidates } from "./candidates.ts";
import { isPartOfOthers } from "./fixed-verdict.ts";
import type { ImageFacts } from "./image-facts.ts";
import { matchContext } from "./match-context.ts";
import { walkRules, type RuleStep, type WalkEnd } from "./rule-walk.ts";

/** The images of an inventory, led through the rules of a policy. */
export interface ImageWalk {
  /** One for each name of the image at this position of `facts.images`. */
  readonly candidatesAt: (position: number) => readonly Candidate[];
  /** Whether a protection of the policy holds, or cannot be ruled out. */
  readonly isProtected: (candidate: Candidate) => boolean;
  /** What the rules come to for each of the candidates of an image; none for one that goes with others. */
  readonly endsAt: (position: number, candidates: readonly Candidate[]) => readonly WalkEnd[];
  /** The rules on the way of each of the candidates of an image. */
  readonly stepsAt: (
    position: number,
    candidates: readonly Candidate[],
  ) => readonly (readonly RuleStep[])[];
}

/** What goes with others is not led through the rules, and counts nowhere: the manifests of an index are one with it. */
export function walkImages(
  inventory: Inventory,
  policy: Policy,
  facts: ImageFacts,
  nowMs: number,
  libraries: PolicyLibraries,
): ImageWalk {
  const context = matchContext(inventory, nowMs, libraries);
  const protections = policy.protect.map((match) => compileMatch(match, context));
  const candidatesAt = (position: number): readonly Candidate[] => {
    const image = facts.images[position];
    if (image === undefined) return [];
    return toCandidates(image, facts.usesAt.get(position) ?? [], facts.isDangling(image));
  };
  /** The number of the first candidate of each image; those of one image follow each other. */
  const firstNumbers = new Int32Array(facts.images.length).fill(GOES_WITH_OTHERS);
  function* candidates(): Iterable<Candidate> {
    let next = 0;
    for (let position = 0; position < facts.images.length; position += 1) {
      if (isPartOfOthers(position, facts, inventory.target.kind)) continue;
      const found = candidatesAt(position);
      firstNumbers[position] = next;
      next += found.length;
      yield* found;
    }
  }
  const walk = walkRules(policy, candidates(), context);
  const each = <T>(
    position: number,
    found: readonly Candidate[],
    answer: (candidate: Candidate, number: number) => T,
  ): readonly T[] => {
    const first = firstNumbers[position] ?? GOES_WITH_OTHERS;
    if (first === GOES_WITH_OTHERS) return [];
    return found.map((candidate, index) => answer(candidate, first + index));
  };
  return {
    candidatesAt,
    isProtected: (candidate) => protections.some((matches) => matches(candidate) !== false),
    endsAt: (position, found) => each(position, found, walk.end),
    stepsAt: (position, found) => each(position, found, walk.steps),
  };
}

const GOES_WITH_OTHERS = -1;
