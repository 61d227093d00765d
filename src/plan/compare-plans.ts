import {
  addBytes,
  type Bytes,
  type ContentGraph,
  type Removals,
} from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { ownBytes } from "./decide-build-cache.ts";
import type { Action, ActionKind, Kept, Plan } from "./plan.ts";

/** What one plan says of something that the other one decides otherwise. */
export type Side =
  | { readonly decision: "remove"; readonly rule: string; readonly reason: string }
  /** Without reasons where no rule is about things of its kind. */
  | { readonly decision: "keep"; readonly reasons: Kept["reasons"] };

/** Something that goes by one plan and stays by the other. */
export interface Difference {
  readonly kind: ActionKind;
  readonly subject: string;
  readonly references: readonly string[];
  /** Of `untag`: the image. */
  readonly imageId?: string;
  readonly old: Side;
  readonly new: Side;
  /** What it adds to what both plans remove and to the differences before it: with these the list adds up. */
  readonly freesBytes: number;
  readonly freesDiskBytes?: number;
}

export interface PlanComparison {
  /** In the order of the new plan. */
  readonly alsoRemoved: readonly Difference[];
  /** In the order of the old plan. */
  readonly alsoKept: readonly Difference[];
  readonly removedByBoth: {
    readonly actions: number;
    readonly freesBytes: number;
    readonly freesDiskBytes?: number;
  };
}

/**
 * Compares two plans for the same inventory. Bytes are the content graph's: what both remove and what only the new one
 * removes add up to the total of the new plan, and so for the old one.
 */
export function comparePlans(
  old: Plan,
  next: Plan,
  inventory: Inventory,
  graph: ContentGraph,
): PlanComparison {
  const goneByOld = goneBy(old);
  const goneByNew = goneBy(next);
  const shared = next.actions.filter((action) => goneByOld.has(keyOf(action)));
  const records = new Map(inventory.buildCache.map((record) => [record.id, ownBytes(record)]));
  const count = counter(graph, records);
  const differences = (
    plan: Plan,
    gone: ReadonlySet<string>,
    describe: (action: Action) => Pick<Difference, "old" | "new">,
  ): readonly Difference[] => {
    const removals = graph.removals();
    for (const action of shared) count(action, removals);
    return plan.actions
      .filter((action) => !gone.has(keyOf(action)))
      .map((action) => ({
        kind: action.kind,
        subject: action.subject,
        references: action.references,
        ...(action.imageId === undefined ? {} : { imageId: action.imageId }),
        ...describe(action),
        ...named(count(action, removals)),
      }));
  };
  const keptByOld = keptBy(old);
  const keptByNew = keptBy(next);
  const base = graph.removals();
  const nothing = base.freed;
  const freedByBoth = shared.reduce((sum, action) => addBytes(sum, count(action, base)), nothing);
  return {
    alsoRemoved: differences(next, goneByOld, (action) => ({
      old: keptByOld(action),
      new: removed(action),
    })),
    alsoKept: differences(old, goneByNew, (action) => ({
      old: removed(action),
      new: keptByNew(action),
    })),
    removedByBoth: { actions: shared.length, ...named(freedByBoth) },
  };
}

function keyOf({ kind, subject, imageId }: Pick<Action, "kind" | "subject" | "imageId">): string {
  return `${kind} ${subject} ${imageId ?? ""}`;
}

/** What goes, the names of an image that goes included. */
function goneBy({ actions }: Plan): ReadonlySet<string> {
  return new Set(
    actions.flatMap((action) =>
      action.kind === "delete-image"
        ? [
            keyOf(action),
            ...action.references.map((subject) =>
              keyOf({ kind: "untag", subject, imageId: action.subject }),
            ),
          ]
        : [keyOf(action)],
    ),
  );
}

function removed({ rule, reason }: Action): Side {
  return { decision: "remove", rule, reason };
}

function keptBy({ kept }: Plan): (action: Action) => Side {
  const reasons = new Map(kept.map((each) => [each.subject, each.reasons]));
  return ({ subject, imageId }) => ({
    decision: "keep",
    reasons: reasons.get(imageId ?? subject) ?? [],
  });
}

/**
 * Counts what an action adds: of images and cache records by the graph, of anything else what the action says. What was
 * not measured in blocks counts with its plain bytes.
 */
function counter(
  graph: ContentGraph,
  records: ReadonlyMap<string, number>,
): (action: Action, removals: Removals) => Bytes {
  const measured = graph.reached.diskBytes !== undefined;
  return ({ kind, subject, freesBytes }, removals) => {
    const position =
      kind === "delete-image" || kind === "prune-build-cache"
        ? graph.positionOf(subject)
        : undefined;
    const own = position === undefined ? freesBytes : (records.get(subject) ?? 0);
    const ownBoth = measured ? { bytes: own, diskBytes: own } : { bytes: own };
    return position === undefined ? ownBoth : addBytes(removals.add(position), ownBoth);
  };
}

function named({ bytes, diskBytes }: Bytes): { freesBytes: number; freesDiskBytes?: number } {
  return { freesBytes: bytes, ...(diskBytes === undefined ? {} : { freesDiskBytes: diskBytes }) };
}
