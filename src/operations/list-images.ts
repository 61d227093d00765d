import { namesOf, toCandidates } from "../plan/candidates.ts";
import type { Bytes } from "../inventory/content-graph.ts";
import { createContentGraph } from "../inventory/content-graph.ts";
import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import type { Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { resolveImage } from "../inventory/resolve-image.ts";
import { signedImages } from "../inventory/signed-images.ts";
import type { Held } from "../plan/foreign-use.ts";
import { neighbourhood } from "../plan/neighbourhood.ts";
import { createRemovalEffect, isIntermediate } from "../plan/removal-effect.ts";
import type { DurationMs, Match } from "../policy/policy.ts";
import { momentOf } from "../policy/image-age.ts";
import { needsOfMatch } from "../policy/library-needs.ts";
import { compileMatch, type Answer } from "../policy/match.ts";
import { loadLibraries } from "./load-libraries.ts";
import { stateOf, usesElsewhere, type ImageState } from "./image-state.ts";

/** Which images are asked for. */
export interface ImageQuery {
  readonly match: Match;
  /** Nothing uses it, and nothing has for longer than this; not matched while that is unknown. */
  readonly unusedFor?: DurationMs;
  /** Images that are only a part of others, too. */
  readonly intermediate: boolean;
}

/** An image that was asked for. */
export interface ListedImage {
  readonly image: Image;
  /** Those of its names that match; empty when it has none at all. */
  readonly names: readonly string[];
  readonly state: ImageState;
  readonly uses: readonly Use[];
  /** What hosts that were asked hold of a registry's image. */
  readonly usedElsewhere: readonly Held[];
  readonly isSigned: boolean;
  /** Freed by removing it alone, with what is there only for it. */
  readonly exclusive: Bytes;
}

export interface ImageList {
  readonly images: readonly ListedImage[];
  /** Images of which it cannot be told whether they match: a time that was asked for is unknown. */
  readonly undecided: number;
}

/** Finds the images that a query asks for, in the order of the inventory. */
export async function listImages(
  inventory: Inventory,
  query: ImageQuery,
  nowMs: number,
  foreignUse?: ForeignUse,
): Promise<ImageList> {
  const libraries = await loadLibraries(needsOfMatch(query.match));
  const facts = neighbourhood(inventory, foreignUse);
  const signed = signedImages(inventory.images);
  const effect = createRemovalEffect(createContentGraph(inventory), facts);
  const matches = compileMatch(query.match, {
    nowMs,
    targetName: inventory.target.name,
    libraries,
    createdMsOf(text) {
      const other = resolveImage(inventory.images, text);
      return other.kind === "found" ? momentOf(other.image, "created")?.atMs : undefined;
    },
  });
  const images: ListedImage[] = [];
  let undecided = 0;
  for (const image of inventory.images) {
    if (!query.intermediate && isIntermediate(image, facts)) continue;
    const uses = facts.uses.get(image.id) ?? [];
    const usedElsewhere = facts.usedElsewhere.get(image.id) ?? [];
    const allUses = [...uses, ...usesElsewhere(usedElsewhere)];
    const candidates = toCandidates(image, allUses, facts.isDangling(image));
    const idle = isIdle(image, allUses, query.unusedFor, nowMs);
    const answers = candidates.map((candidate) => and(idle, matches(candidate)));
    if (answers.includes(true)) {
      const names = namesOf(image).filter((_, index) => answers[index]);
      const state = stateOf(image, allUses, facts);
      images.push({
        image,
        names,
        state,
        uses,
        usedElsewhere,
        isSigned: signed.has(image.id),
        exclusive: effect.freedBy([image.id]),
      });
    } else if (answers.includes(undefined)) {
      undecided += 1;
    }
  }
  return { images, undecided };
}

function isIdle(
  image: Image,
  uses: readonly Use[],
  unusedFor: DurationMs | undefined,
  nowMs: number,
): Answer {
  if (unusedFor === undefined) return true;
  if (uses.length > 0) return false;
  const moment = momentOf(image, "used");
  return moment === undefined ? undefined : nowMs - moment.atMs > unusedFor;
}

function and(left: Answer, right: Answer): Answer {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}
