import type { Inventory } from "../inventory/inventory.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import { compileMatch, type Candidate } from "../policy/match.ts";
import type { Policy } from "../policy/policy.ts";
import { namesOf, toCandidates } from "./candidates.ts";
import { isPartOfOthers } from "./fixed-verdict.ts";
import type { ImageFacts } from "./image-facts.ts";
import { matchContext } from "./match-context.ts";
import { walkRules, type RuleStep, type WalkEnd } from "./rule-walk.ts";

/** The images of an inventory, led through the rules of a policy. */
export interface ImageWalk {
  /** One for each name of the image at this position of `facts.images`. */
  readonly candidatesAt: (position: number) => readonly Candidate[];
  /** Whether a protection of the policy holds for a name of an image, or cannot be ruled out. */
  readonly isProtected: (candidate: Candidate) => boolean;
  readonly isProtectedAt: (position: number) => boolean;
  /** What the rules come to for each of the names of an image; none for one that goes with others. */
  readonly endsAt: (position: number) => readonly WalkEnd[];
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
  const isProtected = (candidate: Candidate): boolean =>
    protections.some((matches) => matches(candidate) !== false);
  const protectedAt = new Uint8Array(facts.images.length);
  /** The number of the first candidate of each image; those of one image follow each other. */
  const firstNumbers = new Int32Array(facts.images.length).fill(GOES_WITH_OTHERS);
  function* candidates(): Iterable<Candidate> {
    let next = 0;
    for (let position = 0; position < facts.images.length; position += 1) {
      const found = candidatesAt(position);
      // Asked here, while the names are taken apart.
      if (found.some(isProtected)) protectedAt[position] = 1;
      if (isPartOfOthers(position, facts, inventory.target.kind)) continue;
      firstNumbers[position] = next;
      next += found.length;
      yield* found;
    }
  }
  const walk = walkRules(policy, candidates(), context);
  return {
    candidatesAt,
    isProtected,
    isProtectedAt: (position) => protectedAt[position] === 1,
    endsAt(position) {
      const image = facts.images[position];
      const first = firstNumbers[position] ?? GOES_WITH_OTHERS;
      if (image === undefined || first === GOES_WITH_OTHERS) return [];
      const ends = [walk.end(image, first)];
      for (let index = 1; index < namesOf(image).length; index += 1)
        ends.push(walk.end(image, first + index));
      return ends;
    },
    stepsAt(position, found) {
      const first = firstNumbers[position] ?? GOES_WITH_OTHERS;
      if (first === GOES_WITH_OTHERS) return [];
      return found.map((candidate, index) => walk.steps(candidate, first + index));
    },
  };
}

const GOES_WITH_OTHERS = -1;
