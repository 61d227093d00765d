import type { Inventory } from "../../inventory/inventory.ts";
import type { PolicyLibraries } from "../../policy/libraries.ts";
import type { Candidate, MatchContext } from "../../policy/match.ts";
import type { Policy, SourcePosition } from "../../policy/policy.ts";
import { namesOf } from "../candidates.ts";
import { explainMatch, type MatchFinding } from "./explain-match.ts";
import { sayMatched, sayUnmatched } from "./explain-match-words.ts";
import { explainPath, type NamePath } from "./explain-rules.ts";
import { fixedVerdict, usageUnknown } from "../fixed-verdict.ts";
import type { ImageFacts } from "../image-facts.ts";
import { walkImages } from "../image-walk.ts";
import { matchContext } from "../match-context.ts";
import type { Reason } from "../reason.ts";

/** How it is decided about one image, before its neighbours and the disk are looked at. */
export interface ExplainedDecision {
  /** `follows`: it has no name and belongs to others; it goes when all of those go. */
  readonly verdict: "stays" | "goes" | "follows";
  /** What keeps it whatever the rules say. */
  readonly besides: readonly Reason[];
  /** Protections of the policy that hold for one of its names, or cannot be ruled out. */
  readonly protections: readonly ProtectionHit[];
  /** In the order of its names; nothing for what follows others. */
  readonly names: readonly NamePath[];
}

export interface ProtectionHit {
  /** From 1, in the order of the policy. */
  readonly number: number;
  readonly position?: SourcePosition;
  readonly name?: string;
  readonly match: MatchFinding;
  /** A sentence for people. */
  readonly detail: string;
}

/** Explains the decision about the image at that position of `facts.images`. */
export function explainDecision(
  inventory: Inventory,
  policy: Policy,
  facts: ImageFacts,
  position: number,
  nowMs: number,
  libraries: PolicyLibraries,
): ExplainedDecision | undefined {
  const image = facts.images[position];
  if (image === undefined) return undefined;
  const context = matchContext(inventory, nowMs, libraries);
  const walk = walkImages(inventory, policy, facts, nowMs, libraries);
  const candidates = walk.candidatesAt(position);
  const steps = walk.stepsAt(position, candidates);
  const ends = walk.endsAt(position);
  const given = namesOf(image);
  const names = ends.flatMap((end, index) => {
    const candidate = candidates[index];
    if (candidate === undefined) return [];
    return [explainPath(given[index], candidate, steps[index] ?? [], end, policy, context)];
  });
  const fixed = fixedVerdict(
    image,
    position,
    facts,
    inventory.target.kind,
    usageUnknown(inventory),
    candidates.some(walk.isProtected),
  );
  return {
    verdict: fixed?.kind === "follow" ? "follows" : fixed ? "stays" : together(names),
    besides: fixed?.kind === "keep" ? fixed.reasons : [],
    protections: candidates.flatMap((candidate, index) =>
      protectionsOf(given[index], candidate, policy, context),
    ),
    names,
  };
}

/** One name that stays keeps the image, and so does a rule that takes names only. */
function together(names: readonly NamePath[]): "stays" | "goes" {
  return names.length > 0 && names.every(({ outcome }) => outcome === "goes") ? "goes" : "stays";
}

function protectionsOf(
  name: string | undefined,
  candidate: Candidate,
  { protect, protectPositions }: Policy,
  context: MatchContext,
): readonly ProtectionHit[] {
  return protect.flatMap((protection, index) => {
    const match = explainMatch(protection, candidate, context);
    if (match.answer === false) return [];
    const position = protectPositions?.[index];
    return [
      {
        number: index + 1,
        ...(position === undefined ? {} : { position }),
        ...(name === undefined ? {} : { name }),
        match,
        detail: match.answer === true ? sayMatched(match) : sayUnmatched(match),
      },
    ];
  });
}
