import type { Bytes, ContentGraph } from "../inventory/content-graph.ts";
import type { ForeignUse } from "../inventory/foreign-use.ts";
import { engineIdentity, type Inventory } from "../inventory/inventory.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import { ownBytes, type ExpiredRecord } from "./decide-build-cache.ts";
import {
  fingerprintInventory,
  fingerprintPlan,
  type Sha256,
  type WrittenNames,
} from "./fingerprint.ts";
import type { Settled } from "./follow-neighbours.ts";
import { imageActions, type ImageActions } from "./image-actions.ts";
import type { ImageFacts, Withheld } from "./image-facts.ts";
import { nameTexts } from "./image-texts.ts";
import { PLAN_SCHEMA, type Action, type ExceededLimit, type Kept, type Plan } from "./plan.ts";
import type { RowTexts } from "./row-texts.ts";

/** What deciding takes from outside: the clock (RFC 3339), a hash, and the libraries that the policy needs. */
export interface DecideContext {
  readonly now: string;
  readonly sha256: Sha256;
  readonly libraries: PolicyLibraries;
  /** What stays whatever the rules say: nothing could bring it back. */
  readonly withheld?: Withheld;
  /** What hosts hold or use of the images of a registry. */
  readonly foreignUse?: ForeignUse;
}

/** Everything that was decided, before it is put in order. */
export interface Decided {
  readonly inventory: Inventory;
  /** `source` for people, `text` is what the digest is taken of. */
  readonly policy: { readonly source: string; readonly text: string };
  readonly context: Pick<DecideContext, "now" | "sha256" | "foreignUse">;
  readonly facts: ImageFacts;
  readonly graph: ContentGraph;
  /** At the positions of `facts.images`, which are those of `graph` too. */
  readonly settled: readonly Settled[];
  readonly notes: readonly string[];
  readonly resources: readonly {
    readonly actions: readonly Action[];
    readonly kept: readonly Kept[];
  }[];
  readonly cache: readonly ExpiredRecord[];
  readonly limits: (planned: {
    readonly images: number;
    readonly freesBytes: number;
    readonly actions: readonly Action[];
  }) => readonly ExceededLimit[];
}

/** Puts decisions in order and counts what each frees after those before it. */
export function assemblePlan(decided: Decided): Plan {
  const { inventory, policy, context, facts, graph, settled, notes } = decided;
  const others = decided.resources.flatMap(({ actions }) => actions);
  const firstWave = others.some(({ wave }) => wave === 0) ? 1 : 0;
  const images = imageActions(facts, settled, graph, firstWave);
  const lastWave = firstWave + Math.max(0, images.waveEnds.length - 1);
  const cache = cacheActions(decided.cache, graph, images.removals, lastWave + 1);
  const actions = inWaves(others, images, firstWave, cache);
  const kept = [...images.kept, ...decided.resources.flatMap((each) => each.kept)];
  const freed = totalFreed(images.freed, [...others, ...cache]);
  const names = nameTexts(facts.images);
  const body: Omit<Plan, "id"> = {
    schema: PLAN_SCHEMA,
    target: withIdentity(inventory),
    now: context.now,
    policy: { source: policy.source, digest: `sha256:${context.sha256([policy.text])}` },
    inventoryDigest: fingerprintInventory(
      inventory,
      facts,
      names,
      graph.reached.bytes,
      context.sha256,
      context.foreignUse,
    ),
    ...(context.foreignUse === undefined
      ? {}
      : { askedHosts: context.foreignUse.hosts.map(({ name }) => name) }),
    complete: inventory.complete,
    problems: inventory.problems,
    accuracy: inventory.accuracy,
    exceeds: decided.limits({
      images: images.deletions.length,
      freesBytes: freed.bytes,
      actions,
    }),
    notes,
    actions,
    kept,
    totals: {
      images: images.deletions.length,
      references: images.references,
      freesBytes: freed.bytes,
      ...(freed.diskBytes === undefined ? {} : { freesDiskBytes: freed.diskBytes }),
      archiveBytes: 0,
    },
  };
  return { id: fingerprintPlan(body, context.sha256, writtenNames(names, images)), ...body };
}

function writtenNames(names: RowTexts, { deleted, keptAt }: ImageActions): WrittenNames {
  return {
    ofDeleted: (index) => names.at(deleted[index] ?? 0),
    ofKept: (index) => (index < keptAt.length ? names.at(keptAt[index] ?? 0) : undefined),
  };
}

function withIdentity({ target, engine }: Inventory): Plan["target"] {
  const id = engine && engineIdentity(engine);
  return id === undefined ? target : { ...target, id };
}

/** All actions by wave; within one, what is not about images first and the cache last. */
function inWaves(
  others: readonly Action[],
  { untags, deletions }: ImageActions,
  firstWave: number,
  cache: readonly Action[],
): readonly Action[] {
  const byWave = (a: Action, b: Action): number => a.wave - b.wave;
  const before = others.filter(({ wave }) => wave <= firstWave).toSorted(byWave);
  const among = others.filter(({ wave }) => wave > firstWave);
  const actions = [...before, ...among].concat(untags, deletions, cache.toSorted(byWave));
  // What there may be a million of is in order already.
  return among.length === 0 ? actions : actions.toSorted(byWave);
}

/** Where image content was measured in blocks, what was not (a container's own layer) counts with its stated size. */
function totalFreed(images: Bytes, actions: readonly Action[]): Bytes {
  let { bytes, diskBytes } = images;
  for (const { freesBytes, freesDiskBytes } of actions) {
    bytes += freesBytes;
    if (diskBytes !== undefined) diskBytes += freesDiskBytes ?? freesBytes;
  }
  return diskBytes === undefined ? { bytes } : { bytes, diskBytes };
}

/** Cache records come last: what they share with images is freed when the last of both goes. */
function cacheActions(
  expired: readonly ExpiredRecord[],
  graph: ContentGraph,
  removals: ReturnType<ContentGraph["removals"]>,
  firstWave: number,
): readonly Action[] {
  return expired.map(({ record, rule, reason, depth }) => {
    const shared = removals.add(graph.positionOf(record.id) ?? -1);
    const own = ownBytes(record);
    return {
      kind: "prune-build-cache",
      subject: record.id,
      references: [],
      rule,
      reason,
      ...marginal({
        bytes: shared.bytes + own,
        ...(shared.diskBytes === undefined ? {} : { diskBytes: shared.diskBytes + own }),
      }),
      wave: firstWave + depth,
      recovery: {
        way: "none",
        detail: "no undo brings it back; the step is built again when it is needed",
      },
    };
  });
}

function marginal({ bytes, diskBytes }: Bytes): { freesBytes: number; freesDiskBytes?: number } {
  return { freesBytes: bytes, ...(diskBytes === undefined ? {} : { freesDiskBytes: diskBytes }) };
}
