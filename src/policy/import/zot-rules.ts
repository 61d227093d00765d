import type { DurationMs, ImageRule, Keep, Match } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { everyOf, keepAny, oneOrMore } from "./compose.ts";

/** One of zot's retention policies. */
export interface ZotPolicy {
  /** Globs on paths; `**` is all. */
  readonly repositories: readonly string[];
  readonly deleteReferrers: boolean;
  readonly deleteUntagged: boolean;
  /** Without any, every tag stays. */
  readonly keepTags: readonly KeptTags[];
}

/** Which tags an entry is about, and what it keeps of them: all where it names no criterion. */
export interface KeptTags {
  /** RE2 expressions, found anywhere in the tag; none stand for every tag. */
  readonly patterns: readonly string[];
  readonly pulledLast: number | undefined;
  readonly pushedLast: number | undefined;
  readonly pulledWithin: DurationMs | undefined;
  readonly pushedWithin: DurationMs | undefined;
}

/** Tags under which cosign attaches signatures, attestations and SBOMs. */
const ATTACHED_TAG = "/^sha256-[0-9a-f]{64}\\.[a-z]+$/";

const ALWAYS: Keep = { always: true };

/** The rules that decide about everything in the repositories of one policy. */
export function rulesOfRepositories(
  name: string,
  policy: ZotPolicy,
  scope: Match,
  delay: DurationMs,
  remarks: Remark[],
): readonly ImageRule[] {
  const rule = (part: string, match: Match, keep: Keep, untag?: true): ImageRule => ({
    name: `${name}-${part}`,
    match: everyOf([scope, match]),
    keep,
    ...(untag === undefined ? {} : { untag }),
  });
  const afterDelay: Keep = { within: delay, by: "arrived" };
  const attached = policy.deleteReferrers ? afterDelay : ALWAYS;
  const untagged = policy.deleteUntagged ? afterDelay : ALWAYS;
  const images: ImageRule[] = [
    ...(policy.deleteReferrers === policy.deleteUntagged
      ? []
      : [rule("attached", everyOf([{ state: "untagged" }, { state: "referrer" }]), attached)]),
    rule("untagged", { state: "untagged" }, untagged),
  ];
  if (!policy.deleteReferrers) {
    remarks.push({
      rule: policy.deleteUntagged ? `${name}-attached` : `${name}-untagged`,
      text: "deleteReferrers is off: what is attached to an image that is gone stays, as in zot; but what is attached to an image that goes, goes with it here.",
    });
  }
  if (policy.keepTags.length === 0) return [...images, rule("tags", {}, ALWAYS)];

  if (policy.deleteReferrers) {
    images.push(
      rule(
        "signatures-attached",
        everyOf([{ tag: ATTACHED_TAG }, { state: "referrer" }]),
        afterDelay,
      ),
    );
  }
  images.push(rule("signatures", { tag: ATTACHED_TAG }, ALWAYS));
  remarks.push({
    rule: `${name}-signatures`,
    text: "zot removes tags of cosign once what they sign is gone; here that is so where their subject is known, and else they stay.",
  });
  const all = policy.keepTags.findIndex(({ patterns }) => patterns.length === 0);
  const reached = all < 0 ? policy.keepTags : policy.keepTags.slice(0, all + 1);
  if (reached.length < policy.keepTags.length) {
    remarks.push({
      text: `${name}: entry ${all + 1} of keepTags takes every tag: those after it are left out.`,
    });
  }
  reached.forEach((kept, index) => {
    const tag =
      kept.patterns.length === 0 ? "*" : oneOrMore(kept.patterns.map((each) => `/${each}/`));
    images.push(rule(`tags-${index + 1}`, { tag }, keepOf(kept), true));
    if (kept.pulledLast !== undefined || kept.pushedLast !== undefined) {
      remarks.push({
        rule: `${name}-tags-${index + 1}`,
        text: "zot counts tags, here images count: tags of one image take one place, and never less is kept.",
      });
    }
  });
  if (all < 0) images.push(rule("other-tags", { tag: "*" }, {}, true));
  return images;
}

/** In zot a push counts as a pull. */
function keepOf({ pulledLast, pushedLast, pulledWithin, pushedWithin }: KeptTags): Keep {
  const criteria = [pulledLast, pushedLast, pulledWithin, pushedWithin];
  if (criteria.every((each) => each === undefined)) return ALWAYS;
  const arrivedWithin =
    pulledWithin === undefined && pushedWithin === undefined
      ? undefined
      : Math.max(pulledWithin ?? 0, pushedWithin ?? 0);
  return keepAny([
    { by: "arrived", within: arrivedWithin, last: pushedLast },
    { by: "used", within: pulledWithin, last: pulledLast },
  ]);
}
