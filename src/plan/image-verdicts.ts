import type { Image } from "../inventory/image.ts";
import type { Inventory, Target } from "../inventory/inventory.ts";
import { createCalendar } from "../policy/calendar.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { ImageRule, Policy } from "../policy/policy.ts";
import { fixedVerdict, usageUnknown } from "./fixed-verdict.ts";
import type { ImageFacts } from "./image-facts.ts";
import { walkImages } from "./image-walk.ts";
import { RULES, type Reason } from "./reason.ts";
import type { WalkEnd } from "./rule-walk.ts";
import { sayKept } from "./say-criterion.ts";
import { createSayRemoved } from "./say-removed.ts";
import type { Untag, Verdict } from "./verdict.ts";

/**
 * Judges every image by itself: what protects it, what uses it, and what the rules come to for each of its names. Answers
 * stand at the positions of `facts.images`.
 */
export function judgeImages(
  inventory: Inventory,
  policy: Policy,
  facts: ImageFacts,
  nowMs: number,
  libraries: PolicyLibraries,
): readonly Verdict[] {
  const { kind } = inventory.target;
  const walk = walkImages(inventory, policy, facts, nowMs, libraries);
  const hidden = usageUnknown(inventory);
  const judge = createNameJudge(policy, facts, kind, nowMs);
  return facts.images.map((image, position) => {
    const isProtected = walk.isProtectedAt(position);
    const fixed = fixedVerdict(image, position, facts, kind, hidden, isProtected);
    if (fixed !== undefined) return fixed;
    const names = walk.endsAt(position).map((end) => judge(image, end));
    return combine(image, names, kind);
  });
}

/** What one name of an image gets. */
type NameVerdict =
  | { readonly keep: Reason; readonly evictable: boolean }
  | { readonly keep?: never; readonly rule: ImageRule; readonly detail: string };

/** Puts into words what the rules come to. */
function createNameJudge(
  policy: Policy,
  { isDangling }: ImageFacts,
  kind: Target["kind"],
  nowMs: number,
): (image: Image, end: WalkEnd) => NameVerdict {
  const calendar = createCalendar(policy.timeZone);
  const sayRemoved = createSayRemoved(nowMs);
  const unmatched = (detail: string): NameVerdict => ({
    keep: { rule: RULES.noRule, detail },
    evictable: policy.freeBytes !== undefined,
  });
  return (image, end) => {
    if (end.kind === "unknown") {
      const detail = "its age is unknown, and a rule asks for it";
      return { keep: { rule: RULES.ageUnknown, detail }, evictable: false };
    }
    const rule = end.kind === "no-rule" ? undefined : policy.images[end.position];
    if (end.kind === "no-rule" || rule === undefined) return unmatched("no rule matches it");
    const { answer } = end;
    switch (answer.kind) {
      case "kept": {
        const detail = sayKept(answer.by, nowMs, calendar);
        return { keep: { rule: rule.name, detail }, evictable: rule.underPressure === true };
      }
      case "unknown":
        return { keep: sayUnknown(answer.what, rule), evictable: false };
      case "not-kept": {
        const detail = sayRemoved(sayState(image, isDangling(image), kind), image, answer.missed);
        if (rule.onlyUnderPressure !== true) return { rule, detail };
        return {
          keep: { rule: rule.name, detail: `${detail}; may go, and is not needed for the space` },
          evictable: true,
        };
      }
    }
  };
}

function sayUnknown(what: "age" | "version", { name }: ImageRule): Reason {
  return what === "age"
    ? { rule: RULES.ageUnknown, detail: `its age is unknown, and the rule "${name}" asks for it` }
    : {
        rule: RULES.versionUnknown,
        detail: `its tag is no version, and the rule "${name}" asks for one`,
      };
}

function sayState(image: Image, isDangling: boolean, kind: Target["kind"]): string {
  if (isDangling) return "dangling";
  // Who runs what a registry holds is not to be seen there.
  const use = kind === "registry" ? "no known use" : "in use by nothing";
  return image.references.length === 0 ? `untagged, ${use}` : use;
}

const NO_NAMES: readonly Untag[] = [];

/** One kept name keeps the image with all its names, unless a rule says `untag`. */
function combine(image: Image, names: readonly NameVerdict[], kind: Target["kind"]): Verdict {
  const [only] = names;
  // Most images have one name, and there are a million of them.
  if (names.length === 1 && only?.keep !== undefined)
    return { kind: "keep", reasons: [only.keep], evictable: only.evictable, untag: NO_NAMES };
  const reasons: Reason[] = [];
  const untag: Untag[] = [];
  let evictable = true;
  let first: { rule: ImageRule; detail: string } | undefined;
  let mayUntag = true;
  let namesOnly: ImageRule | undefined;
  names.forEach((verdict, index) => {
    if (verdict.keep !== undefined) {
      const { rule, detail } = verdict.keep;
      const isTold = reasons.some((told) => told.rule === rule && told.detail === detail);
      if (!isTold) reasons.push(verdict.keep);
      evictable &&= verdict.evictable;
      return;
    }
    const { rule, detail } = verdict;
    first ??= verdict;
    const isUntag = rule.untag === true || rule.untag === "only";
    mayUntag &&= isUntag;
    if (rule.untag === "only") namesOnly ??= rule;
    const reference = image.references[index];
    if (isUntag && reference !== undefined) untag.push({ reference, rule: rule.name, detail });
  });
  if (reasons.length > 0) return { kind: "keep", reasons, evictable, untag };
  if (namesOnly !== undefined) return keepNameless(image, namesOnly, untag, kind);
  if (first === undefined) return { kind: "keep", reasons: [], evictable: false, untag };
  return { kind: "delete", rule: first.rule.name, detail: first.detail, untag: mayUntag };
}

/** An engine removes an image with its last name: there one name stays. */
function keepNameless(
  image: Image,
  { name }: ImageRule,
  untag: readonly Untag[],
  kind: Target["kind"],
): Verdict {
  const losesAll = untag.length === image.references.length;
  const spared = kind === "engine" && losesAll ? untag.slice(1) : untag;
  const detail =
    spared.length === untag.length
      ? "the rule takes names only, and never the image"
      : "the rule takes names only; with its last name the engine would remove the image";
  return { kind: "keep", reasons: [{ rule: name, detail }], evictable: false, untag: spared };
}
