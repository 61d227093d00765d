import { createContentGraph } from "../inventory/content-graph.ts";
import { imageUse, isStopped, type Use } from "../inventory/image-use.ts";
import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { assemblePlan } from "./assemble-plan.ts";
import { CONTAINER_WAY_BACK } from "./container-recovery.ts";
import type { Sha256 } from "./fingerprint.ts";
import { noteOfHosts, sayUsesElsewhere } from "./foreign-use.ts";
import { followNeighbours, type Settled } from "./follow-neighbours.ts";
import { imageFacts, NOTHING_WITHHELD, type ImageFacts, type Withheld } from "./image-facts.ts";
import { fixedVerdict, usageUnknown } from "./fixed-verdict.ts";
import { exceededLimits } from "./limits.ts";
import type { Action, Plan } from "./plan.ts";
import { resolveSelection, type NamedImages } from "./resolve-selection.ts";
import type { Verdict } from "./verdict.ts";

/** What a user names for removal: references, IDs, or globs on references. */
export interface Selection {
  readonly patterns: readonly string[];
  /** Stopped containers that use what is named go first. */
  readonly withContainers: boolean;
}

/** An image that stays, and what uses it. */
export interface Holder {
  readonly imageId: Digest;
  readonly references: readonly string[];
  readonly uses: readonly Use[];
  /** Of a registry's image: what uses it on hosts that were asked, in words. */
  readonly usedElsewhere?: readonly string[];
}

/** An image that was named and cannot go, with what is in the way. */
export interface Blocked extends Holder {
  /** Images that stay and need it, those that need them included: they would have to go first. */
  readonly neededBy: readonly Holder[];
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
 * reference one name, and the image with its last one. What something uses or stands on stays and is reported.
 */
export function planRemovalOf(
  inventory: Inventory,
  selection: Selection,
  now: string,
  sha256: Sha256,
  withheld: Withheld = NOTHING_WITHHELD,
  foreignUse?: ForeignUse,
): SelectedRemovals {
  const named = resolveSelection(inventory, selection.patterns);
  const containers = selection.withContainers ? containersToRemove(inventory, named, withheld) : [];
  const facts = imageFacts(inventory, subjects(containers), withheld, foreignUse);
  const settled = followNeighbours(facts, judgeNamed(inventory, facts, named));
  const plan = assemblePlan({
    inventory,
    policy: { source: RULE, text: JSON.stringify(selection) },
    context: { now, sha256, ...(foreignUse === undefined ? {} : { foreignUse }) },
    facts,
    graph: createContentGraph(inventory),
    settled,
    notes: noteOfHosts(inventory, undefined, foreignUse),
    resources: [{ actions: containers, kept: [] }],
    cache: [],
    limits: (planned) => exceededLimits(inventory, {}, planned),
  });
  const untagged = new Set(plan.actions.flatMap(({ imageId }) => imageId ?? []));
  const positions = new Map(facts.images.map(({ id }, position) => [id, position]));
  const blocked = plan.kept.flatMap(({ subject, references, reasons }): readonly Blocked[] => {
    const neededNames = (named.names.get(subject) ?? []).filter(
      (name) => facts.usedElsewhere.whyNeeded(name) !== undefined,
    );
    const isWhole = named.whole.has(subject) && !untagged.has(subject);
    if (!isWhole && neededNames.length === 0) return [];
    const held = facts.usedElsewhere.at.get(positions.get(subject) ?? -1) ?? [];
    return [
      {
        imageId: subject,
        references: isWhole ? references : neededNames,
        uses: facts.uses.get(subject) ?? [],
        ...(held.length === 0 ? {} : { usedElsewhere: sayUsesElsewhere(held) }),
        neededBy: isWhole ? holdersOf(subject, facts, settled) : [],
        detail: reasons.map(({ detail }) => detail).join("; "),
      },
    ];
  });
  return { plan, blocked, unmatched: named.unmatched, ambiguous: named.ambiguous };
}

function judgeNamed(
  inventory: Inventory,
  facts: ImageFacts,
  named: NamedImages,
): readonly Verdict[] {
  const hidden = usageUnknown(inventory);
  // An engine may take the image along with its last name; elsewhere the content stays where it is needed.
  const losesLastName = inventory.target.kind !== "engine";
  const alone = { ...facts, mayBePart: new Map<number, string>() };
  return facts.images.map((image, position): Verdict => {
    const by = named.whole.get(image.id);
    const { unreadable, ...sound } = image;
    // Damage does not keep what a user names: removing it is the remedy.
    const judged = by === undefined || unreadable === undefined ? image : sound;
    const known = by === undefined ? facts : alone;
    const fixed = fixedVerdict(judged, position, known, inventory.target.kind, hidden, false);
    if (by !== undefined) {
      const deleted = {
        kind: "delete",
        rule: RULE,
        detail: "named by you",
        untag: by === "names" && losesLastName,
      } as const;
      return fixed?.kind === "keep" ? fixed : deleted;
    }
    const untag = (named.names.get(image.id) ?? [])
      .filter((reference) => facts.usedElsewhere.whyNeeded(reference) === undefined)
      .map((reference) => ({
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

/** No container is lost for an image that stays all the same. */
function containersToRemove(
  inventory: Inventory,
  named: NamedImages,
  withheld: Withheld,
): readonly Action[] {
  const inTheWay = containersInTheWay(inventory, named.whole.keys());
  const facts = imageFacts(inventory, subjects(inTheWay), withheld);
  const settled = followNeighbours(facts, judgeNamed(inventory, facts, named));
  const going = facts.images.filter(
    ({ id }, position) => named.whole.has(id) && settled[position]?.kind === "delete",
  );
  return containersInTheWay(
    inventory,
    going.map(({ id }) => id),
  );
}

function subjects(actions: readonly Action[]): ReadonlySet<string> {
  return new Set(actions.map(({ subject }) => subject));
}

/** Images that stay and hold this one, directly or through others. Unnamed parts of those go along and are left out. */
function holdersOf(
  id: string,
  { images, heldBy, uses, usedElsewhere }: ImageFacts,
  settled: readonly Settled[],
): readonly Holder[] {
  const found = new Set<number>();
  const next = [images.findIndex((image) => image.id === id)];
  for (const position of next) {
    for (const holder of heldBy.get(position) ?? []) {
      if (found.has(holder) || settled[holder]?.kind !== "keep") continue;
      found.add(holder);
      next.push(holder);
    }
  }
  return [...found].flatMap((position) => {
    const image = images[position];
    if (image === undefined) return [];
    const { id: imageId, references } = image;
    const held = usedElsewhere.at.get(position);
    const holder = {
      imageId,
      references,
      uses: uses.get(imageId) ?? [],
      ...(held === undefined ? {} : { usedElsewhere: sayUsesElsewhere(held) }),
    };
    const goesAlong = references.length + holder.uses.length === 0 && heldBy.has(position);
    return goesAlong ? [] : [holder];
  });
}

/** Stopped containers of images that nothing else uses. */
function containersInTheWay(inventory: Inventory, ids: Iterable<Digest>): readonly Action[] {
  const uses = imageUse(inventory);
  const inTheWay = new Set<string>();
  for (const id of ids) {
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
      recovery: CONTAINER_WAY_BACK,
    }));
}
