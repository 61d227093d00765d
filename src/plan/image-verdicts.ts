import type { Image } from "../inventory/image.ts";
import type { Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { createImageLookup } from "../inventory/image-lookup.ts";
import { momentOf } from "../policy/image-age.ts";
import { evaluateKeep, type Kept } from "../policy/keep-rules.ts";
import { compileMatch, type Candidate, type MatchContext, type Matcher } from "../policy/match.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { ImageRule, Policy } from "../policy/policy.ts";
import { toCandidates } from "./candidates.ts";
import type { ImageFacts } from "./image-facts.ts";
import { createSayRemoved, RULES, sayRank, sayUses, sayWithin, type Reason } from "./reason.ts";

/**
 * What the rules say of one image, before its neighbours are looked at. `follow`: it has no name and belongs to others
 * (an intermediate of a build, a manifest of an index, a signature); it goes when all of those go.
 */
export type Verdict =
  | {
      readonly kind: "delete";
      readonly rule: string;
      readonly detail: string;
      readonly untag: boolean;
    }
  | { readonly kind: "follow" }
  | {
      readonly kind: "keep";
      readonly reasons: readonly Reason[];
      /** Space may be made with it when the disk is too full or `--free` asks: nothing but a lack of rules keeps it. */
      readonly evictable: boolean;
      /** Names that go although the image stays. */
      readonly untag: readonly {
        readonly reference: string;
        readonly rule: string;
        readonly detail: string;
      }[];
    };

/**
 * Judges every image by itself: what protects it, what uses it, and the first rule that matches each of its names. Answers
 * stand at the positions of `facts.images`.
 */
export function judgeImages(
  inventory: Inventory,
  policy: Policy,
  facts: ImageFacts,
  nowMs: number,
  libraries: PolicyLibraries,
): readonly Verdict[] {
  const context = matchContext(inventory, nowMs, libraries);
  const protections = policy.protect.map((match) => compileMatch(match, context));
  const rules = policy.images.map((rule) => ({ rule, matches: compileMatch(rule.match, context) }));
  const hidden = usageUnknown(inventory);

  const candidatesAt = (position: number): readonly Candidate[] => {
    const image = facts.images[position];
    if (image === undefined) return [];
    return toCandidates(image, facts.usesAt.get(position) ?? NO_USES, facts.isDangling(image));
  };
  const matchedBy = (rule: number): Iterable<Candidate> => ({
    *[Symbol.iterator]() {
      for (let position = 0; position < facts.images.length; position += 1) {
        for (const candidate of candidatesAt(position)) {
          if (firstMatch(rules, candidate) === rule) yield candidate;
        }
      }
    },
  });
  const keeps = rules.map(({ rule }, index) =>
    evaluateKeep(rule, matchedBy(index), nowMs, libraries),
  );

  const sayRemoved = policy.images.map(({ keep }) => createSayRemoved(keep, nowMs));

  const judge = (candidate: Candidate): NameVerdict => {
    const index = firstMatch(rules, candidate);
    if (index === UNKNOWN_RULE) {
      return {
        keep: { rule: RULES.ageUnknown, detail: "its age is unknown, and a rule asks for it" },
        evictable: false,
      };
    }
    const rule = policy.images[index];
    const kept = keeps[index]?.(candidate);
    if (rule === undefined || kept === undefined) {
      const evictable = policy.freeBytes !== undefined;
      return { keep: { rule: RULES.noRule, detail: "no rule matches it" }, evictable };
    }
    const reason = keepReason(rule, kept, nowMs);
    if (reason)
      return {
        keep: reason,
        evictable: rule.underPressure === true && kept.kind !== "age-unknown",
      };
    const moment = kept.kind === "none" ? kept.moment : undefined;
    const detail = sayRemoved[index]?.(moment, sayState(candidate)) ?? "";
    if (!rule.onlyUnderPressure) return { rule, detail };
    return {
      keep: { rule: rule.name, detail: `${detail}; may go, and is not needed for the space` },
      evictable: true,
    };
  };

  return facts.images.map((image, position) => {
    const candidates = candidatesAt(position);
    const isProtected = candidates.some((candidate) =>
      protections.some((matches) => matches(candidate) !== false),
    );
    return (
      fixedVerdict(image, position, facts, hidden, isProtected) ??
      combine(image, candidates.map(judge))
    );
  });
}

const NO_USES: readonly Use[] = [];
const NO_RULE = -1;
const UNKNOWN_RULE = -2;

/** What one name of an image gets. */
type NameVerdict =
  | { readonly keep: Reason; readonly evictable: boolean }
  | { readonly keep?: never; readonly rule: ImageRule; readonly detail: string };

function firstMatch(rules: readonly { readonly matches: Matcher }[], candidate: Candidate): number {
  for (let index = 0; index < rules.length; index += 1) {
    const answer = rules[index]?.matches(candidate);
    if (answer === true) return index;
    if (answer === undefined) return UNKNOWN_RULE;
  }
  return NO_RULE;
}

/** What no rule can change, and what is left to the image's neighbours. */
export function fixedVerdict(
  image: Image,
  position: number,
  facts: ImageFacts,
  hidden: string | undefined,
  isProtected: boolean,
): Extract<Verdict, { kind: "keep" | "follow" }> | undefined {
  const uses = facts.usesAt.get(position) ?? NO_USES;
  const reasons: Reason[] = [];
  if (uses.length > 0) reasons.push({ rule: RULES.inUse, detail: sayUses(uses) });
  if (isProtected) reasons.push({ rule: RULES.protected, detail: "the policy protects it" });
  if (image.unreadable !== undefined)
    reasons.push({ rule: RULES.unreadable, detail: image.unreadable });
  if (hidden !== undefined) reasons.push({ rule: RULES.usageUnknown, detail: hidden });
  if (reasons.length > 0) return { kind: "keep", reasons, evictable: false, untag: [] };
  return isNameless(image) && facts.heldBy.has(position) ? { kind: "follow" } : undefined;
}

/** Known by neither tag nor digest: what somebody pulled by its digest is no part of another image. */
export function isNameless({ references, repoDigests }: Image): boolean {
  return references.length === 0 && repoDigests.length === 0;
}

/** One kept name keeps the image with all its names, unless a rule says `untag`. */
function combine(image: Image, names: readonly NameVerdict[]): Verdict {
  const reasons: Reason[] = [];
  const untag: { reference: string; rule: string; detail: string }[] = [];
  let evictable = true;
  let first: { rule: ImageRule; detail: string } | undefined;
  let mayUntag = true;
  names.forEach((verdict, index) => {
    if (verdict.keep !== undefined) {
      const { rule, detail } = verdict.keep;
      const isTold = reasons.some((told) => told.rule === rule && told.detail === detail);
      if (!isTold) reasons.push(verdict.keep);
      evictable &&= verdict.evictable;
      return;
    }
    first ??= verdict;
    mayUntag &&= verdict.rule.untag === true;
    const reference = image.references[index];
    if (verdict.rule.untag === true && reference !== undefined) {
      untag.push({ reference, rule: verdict.rule.name, detail: verdict.detail });
    }
  });
  if (reasons.length === 0 && first) {
    return { kind: "delete", rule: first.rule.name, detail: first.detail, untag: mayUntag };
  }
  return { kind: "keep", reasons, evictable, untag };
}

function keepReason(rule: ImageRule, kept: Kept, nowMs: number): Reason | undefined {
  switch (kept.kind) {
    case "always":
      return { rule: rule.name, detail: "the rule keeps all that it matches" };
    case "within":
      return { rule: rule.name, detail: sayWithin(kept.moment, nowMs, kept.withinMs) };
    case "last":
      return { rule: rule.name, detail: sayRank(kept.rank, kept.last, kept.group) };
    case "age-unknown":
      return {
        rule: RULES.ageUnknown,
        detail: `its age is unknown, and the rule "${rule.name}" asks for it`,
      };
    case "none":
      return undefined;
  }
}

function sayState({ dangling, image }: Candidate): string {
  if (dangling) return "dangling";
  return image.references.length === 0 ? "untagged, in use by nothing" : "in use by nothing";
}

/** Why it cannot be told what is in use. Where not all of what could use an image was read, every image may be in use. */
export function usageUnknown(inventory: Inventory): string | undefined {
  const unread = inventory.unread.filter((part) => part === "containers" || part === "services");
  return unread.length === 0
    ? undefined
    : `it cannot be told what uses it: the ${unread.join(" and ")} could not be read`;
}

function matchContext(
  inventory: Inventory,
  nowMs: number,
  libraries: PolicyLibraries,
): MatchContext {
  return {
    nowMs,
    targetName: inventory.target.name,
    libraries,
    createdMsOf(text) {
      const [id, ...others] = createImageLookup(inventory, [text])(text);
      const image = others.length > 0 ? undefined : inventory.images.find((each) => each.id === id);
      return image && momentOf(image, "created")?.atMs;
    },
  };
}
