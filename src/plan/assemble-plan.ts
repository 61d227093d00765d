import type { Bytes, ContentGraph } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import { engineIdentity, type Inventory } from "../inventory/inventory.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import { ownBytes, type ExpiredRecord } from "./decide-build-cache.ts";
import { fingerprintInventory, fingerprintPlan, type Sha256 } from "./fingerprint.ts";
import type { Settled } from "./follow-neighbours.ts";
import type { ImageFacts } from "./image-facts.ts";
import { orderDeletions } from "./order.ts";
import { PLAN_SCHEMA, type Action, type ExceededLimit, type Kept, type Plan } from "./plan.ts";

/** What deciding takes from outside: the clock (RFC 3339), a hash, and the libraries that the policy needs. */
export interface DecideContext {
  readonly now: string;
  readonly sha256: Sha256;
  readonly libraries: PolicyLibraries;
}

/** Everything that was decided, before it is put in order. */
export interface Decided {
  readonly inventory: Inventory;
  /** `source` for people, `text` is what the digest is taken of. */
  readonly policy: { readonly source: string; readonly text: string };
  readonly context: Pick<DecideContext, "now" | "sha256">;
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
  const images = imageActions(facts, settled, graph, others.some(({ wave }) => wave === 0) ? 1 : 0);
  const cache = cacheActions(decided.cache, graph, images.removals, images.nextWave);
  const actions = [...others, ...images.actions, ...cache].toSorted((a, b) => a.wave - b.wave);
  const kept = [...images.kept, ...decided.resources.flatMap((each) => each.kept)];
  const deletions = images.actions.filter(({ kind }) => kind === "delete-image");
  const freed = totalFreed(actions, graph.reached.diskBytes !== undefined);
  const references = images.actions.reduce((sum, action) => sum + action.references.length, 0);
  const body: Omit<Plan, "id"> = {
    schema: PLAN_SCHEMA,
    target: withIdentity(inventory),
    now: context.now,
    policy: { source: policy.source, digest: `sha256:${context.sha256([policy.text])}` },
    inventoryDigest: fingerprintInventory(
      inventory,
      imagesById(facts),
      graph.reached.bytes,
      context.sha256,
    ),
    complete: inventory.complete,
    problems: inventory.problems,
    accuracy: inventory.accuracy,
    exceeds: decided.limits({
      images: deletions.length,
      freesBytes: freed.bytes,
      actions: images.actions,
    }),
    notes,
    actions,
    kept,
    totals: {
      images: deletions.length,
      references,
      freesBytes: freed.bytes,
      ...(freed.diskBytes === undefined ? {} : { freesDiskBytes: freed.diskBytes }),
      archiveBytes: 0,
    },
  };
  return { id: fingerprintPlan(body, context.sha256), ...body };
}

function withIdentity({ target, engine }: Inventory): Plan["target"] {
  const id = engine && engineIdentity(engine);
  return id === undefined ? target : { ...target, id };
}

/** Where image content was measured in blocks, what was not (a container's own layer) counts as it is stated. */
function totalFreed(actions: readonly Action[], measured: boolean): Bytes {
  let bytes = 0;
  let diskBytes = 0;
  for (const { freesBytes, freesDiskBytes } of actions) {
    bytes += freesBytes;
    diskBytes += freesDiskBytes ?? freesBytes;
  }
  return measured ? { bytes, diskBytes } : { bytes };
}

function* imagesById({ images, idOrder }: ImageFacts): Iterable<Image> {
  for (const position of idOrder.positions) {
    const image = images[position];
    if (image !== undefined) yield image;
  }
}

function imageActions(
  facts: ImageFacts,
  settled: readonly Settled[],
  graph: ContentGraph,
  firstWave: number,
) {
  const doomed: number[] = [];
  const keptPlaces: number[] = [];
  settled.forEach((verdict, position) => {
    if (verdict.kind === "delete") doomed.push(position);
    else keptPlaces.push(facts.idOrder.places[position] ?? 0);
  });
  const kept: Kept[] = [];
  const actions: Action[] = [];
  for (const place of Uint32Array.from(keptPlaces).sort()) {
    const position = facts.idOrder.positions[place] ?? 0;
    const image = facts.images[position];
    const verdict = settled[position];
    if (image === undefined || verdict?.kind !== "keep") continue;
    kept.push({ subject: image.id, references: image.references, reasons: verdict.reasons });
    for (const { reference, rule, detail } of verdict.untag)
      actions.push(untagAction(image, reference, rule, detail, firstWave));
  }
  const removals = graph.removals();
  let lastWave = firstWave;
  for (const { position, wave } of orderDeletions(doomed, facts)) {
    const image = facts.images[position];
    const verdict = settled[position];
    if (image === undefined || verdict?.kind !== "delete") continue;
    lastWave = Math.max(lastWave, firstWave + wave);
    actions.push(deletion(image, verdict, removals.add(position), firstWave + wave));
  }
  return { actions, kept, removals, nextWave: lastWave + 1 };
}

/** Written out field by field: spreading a million objects takes seconds. */
function deletion(
  image: Image,
  { rule, detail }: Extract<Settled, { kind: "delete" }>,
  { bytes, diskBytes }: Bytes,
  wave: number,
): Action {
  const { id: subject, references } = image;
  const kind = "delete-image";
  const reason = detail;
  const freesBytes = bytes;
  const recovery = wayBack(image);
  if (diskBytes === undefined)
    return { kind, subject, references, rule, reason, freesBytes, wave, recovery };
  const freesDiskBytes = diskBytes;
  return { kind, subject, references, rule, reason, freesBytes, freesDiskBytes, wave, recovery };
}

function untagAction(
  image: Image,
  reference: string,
  rule: string,
  detail: string,
  wave: number,
): Action {
  return {
    kind: "untag",
    subject: reference,
    references: [reference],
    imageId: image.id,
    rule,
    reason: detail,
    freesBytes: 0,
    wave,
    recovery: { way: "none", detail: "the image stays; the name can be given again" },
  };
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
      recovery: { way: "none", detail: "the step is built again when it is needed" },
    };
  });
}

function marginal({ bytes, diskBytes }: Bytes): { freesBytes: number; freesDiskBytes?: number } {
  return { freesBytes: bytes, ...(diskBytes === undefined ? {} : { freesDiskBytes: diskBytes }) };
}

const NO_WAY_BACK: Action["recovery"] = { way: "none", detail: "no registry is known to have it" };

function wayBack(image: Image): Action["recovery"] {
  const [digest] = image.repoDigests;
  if (digest === undefined) return NO_WAY_BACK;
  return {
    way: "none",
    detail: `${digest} may still be had from its registry; nobody has asked it`,
  };
}
