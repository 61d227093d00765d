import { createContentGraph } from "../inventory/content-graph.ts";
import { imageUse, isStopped, type Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { assemblePlan } from "./assemble-plan.ts";
import type { Sha256 } from "./fingerprint.ts";
import { followNeighbours } from "./follow-neighbours.ts";
import { imageFacts, sortedImages, type ImageFacts } from "./image-facts.ts";
import { fixedVerdict, usageUnknown, type Verdict } from "./image-verdicts.ts";
import { exceededLimits } from "./limits.ts";
import type { Action, Plan } from "./plan.ts";
import { resolveSelection, type NamedImages } from "./resolve-selection.ts";

/** What a user names for removal: references, IDs, or globs on references. */
export interface Selection {
  readonly patterns: readonly string[];
  /** Stopped containers that use what is named go first. */
  readonly withContainers: boolean;
}

/** An image that was named and cannot go, with what is in the way. */
export interface Blocked {
  readonly imageId: Digest;
  readonly references: readonly string[];
  readonly uses: readonly Use[];
  /** Why it stays, in words. */
  readonly detail: string;
}

export interface SelectedRemovals extends Pick<NamedImages, "unmatched" | "ambiguous"> {
  readonly plan: Plan;
  readonly blocked: readonly Blocked[];
}

const RULE = "rm";

/**
 * Plans the removal of what a user names, as `docker image rm` means it: an ID names the image with all its names, a
 * reference one name, and the image with its last one. What something uses stays and is reported.
 */
export function planRemovalOf(
  inventory: Inventory,
  selection: Selection,
  now: string,
  sha256: Sha256,
): SelectedRemovals {
  const named = resolveSelection(inventory, selection.patterns);
  const containers = selection.withContainers ? containersInTheWay(inventory, named) : [];
  const images = sortedImages(inventory);
  const facts = imageFacts(inventory, images, new Set(containers.map(({ subject }) => subject)));
  const settled = followNeighbours(facts, judgeNamed(inventory, facts, named));
  const plan = assemblePlan({
    inventory,
    policy: { source: RULE, text: JSON.stringify(selection) },
    context: { now, sha256 },
    facts,
    graph: createContentGraph({ ...inventory, images }),
    settled,
    notes: [],
    resources: [{ actions: containers, kept: [] }],
    cache: [],
    limits: (planned) => exceededLimits(inventory, {}, planned),
  });
  const untagged = new Set(plan.actions.flatMap(({ imageId }) => imageId ?? []));
  const blocked = plan.kept
    .filter(({ subject }) => named.whole.has(subject) && !untagged.has(subject))
    .map(({ subject, references, reasons }) => ({
      imageId: subject,
      references,
      uses: facts.uses.get(subject) ?? [],
      detail: reasons.map(({ detail }) => detail).join("; "),
    }));
  return { plan, blocked, unmatched: named.unmatched, ambiguous: named.ambiguous };
}

function judgeNamed(
  inventory: Inventory,
  facts: ImageFacts,
  named: NamedImages,
): readonly Verdict[] {
  const hidden = usageUnknown(inventory);
  return facts.images.map((image, position): Verdict => {
    const by = named.whole.get(image.id);
    const { unreadable, ...sound } = image;
    // Damage does not keep what a user names: removing it is the remedy.
    const judged = by === undefined || unreadable === undefined ? image : sound;
    const fixed = fixedVerdict(judged, position, facts, hidden, false);
    if (by !== undefined) {
      const deleted = {
        kind: "delete",
        rule: RULE,
        detail: "named by you",
        untag: by === "names",
      } as const;
      return fixed?.kind === "keep" ? fixed : deleted;
    }
    const untag = (named.names.get(image.id) ?? []).map((reference) => ({
      reference,
      rule: RULE,
      detail: "named by you; the image has other names and stays",
    }));
    const kept: Verdict = {
      kind: "keep",
      reasons: [{ rule: "not-named", detail: "you did not name it" }],
      evictable: false,
      untag,
    };
    return fixed?.kind === "keep" ? { ...fixed, untag } : (fixed ?? kept);
  });
}

/** Stopped containers of images that nothing else uses: no container is lost for an image that stays all the same. */
function containersInTheWay(inventory: Inventory, named: NamedImages): readonly Action[] {
  const uses = imageUse(inventory);
  const inTheWay = new Set<string>();
  for (const id of named.whole.keys()) {
    const users = uses.get(id) ?? [];
    if (!users.every((use) => use.kind !== "service" && isStopped(use))) continue;
    for (const use of users) inTheWay.add(use.id);
  }
  return inventory.containers
    .filter((container) => inTheWay.has(container.id) && isStopped(container))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((container) => ({
      kind: "remove-container",
      subject: container.id,
      references: [container.name],
      rule: RULE,
      reason: `${container.state}, and it uses what you named`,
      freesBytes: container.sizeBytes ?? 0,
      wave: 0,
      recovery: { way: "none", detail: "what it wrote outside volumes is lost" },
    }));
}
