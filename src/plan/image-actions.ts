import { uint32Array } from "../inventory/number-arrays.ts";
import type { Bytes, ContentGraph, Removals } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Settled } from "./follow-neighbours.ts";
import type { ImageFacts } from "./image-facts.ts";
import { orderDeletions } from "./order.ts";
import type { Action, Kept } from "./plan.ts";
import { NO_WAY_BACK } from "./way-back.ts";

/** What a plan does about images. */
export interface ImageActions {
  /** Names that go although their images stay, by image ID. All are of the first wave. */
  readonly untags: readonly Action[];
  /** In plan order. */
  readonly deletions: readonly Action[];
  /** Positions of the deleted images, in the same order. */
  readonly deleted: Uint32Array;
  /** Where each wave ends in `deletions`. */
  readonly waveEnds: readonly number[];
  /** By image ID. */
  readonly kept: readonly Kept[];
  /** Positions of the kept images, in the same order. */
  readonly keptAt: Uint32Array;
  /** How many names go. */
  readonly references: number;
  readonly freed: Bytes;
  /** Every image that goes. */
  readonly removals: Removals;
}

/**
 * Orders what was settled about images and counts what each deletion frees after those before it. Actions are written in
 * the order in which images lie in memory, and then put in theirs: the other way round takes twice as long.
 */
export function imageActions(
  facts: ImageFacts,
  settled: readonly Settled[],
  graph: ContentGraph,
  firstWave: number,
): ImageActions {
  const { positions, waveEnds } = orderDeletions(positionsOf(settled, "delete"), facts);
  const removals = graph.removals();
  const { bytes, diskBytes } = removals.addAll(positions);
  const places = uint32Array(settled.length);
  for (let place = 0; place < positions.length; place += 1) places[positions[place] ?? 0] = place;
  const deletions = Array.from<Action>({ length: positions.length });
  let references = 0;
  for (let position = 0; position < settled.length; position += 1) {
    const verdict = settled[position];
    const image = facts.images[position];
    if (image === undefined || verdict?.kind !== "delete") continue;
    references += image.references.length;
    const place = places[position] ?? 0;
    const freed = { bytes: bytes[place] ?? 0, disk: diskBytes?.[place] };
    deletions[place] = deletion(image, verdict, freed, firstWave + waveOf(place, waveEnds));
  }
  const { kept, keptAt, untags } = keptImages(facts, settled, firstWave);
  return {
    untags,
    deletions,
    deleted: positions,
    waveEnds,
    kept,
    keptAt,
    references: references + untags.length,
    freed: removals.freed,
    removals,
  };
}

/** The first wave that ends after the place. */
function waveOf(place: number, waveEnds: readonly number[]): number {
  let low = 0;
  let high = waveEnds.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (place < (waveEnds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function positionsOf(settled: readonly Settled[], kind: Settled["kind"]): Uint32Array {
  const found = uint32Array(settled.length);
  let count = 0;
  for (let position = 0; position < settled.length; position += 1) {
    if (settled[position]?.kind !== kind) continue;
    found[count] = position;
    count += 1;
  }
  return found.subarray(0, count);
}

function keptImages(
  { images, idOrder }: ImageFacts,
  settled: readonly Settled[],
  firstWave: number,
): Pick<ImageActions, "kept" | "keptAt" | "untags"> {
  const kept: Kept[] = [];
  const untags: Action[] = [];
  const places = positionsOf(settled, "keep").map((position) => idOrder.places[position] ?? 0);
  const keptAt = places.sort().map((place) => idOrder.positions[place] ?? 0);
  for (const position of keptAt) {
    const image = images[position];
    const verdict = settled[position];
    if (image === undefined || verdict?.kind !== "keep") continue;
    kept.push({ subject: image.id, references: image.references, reasons: verdict.reasons });
    for (const { reference, rule, detail } of verdict.untag)
      untags.push(untagAction(image, reference, rule, detail, firstWave));
  }
  return { kept, keptAt, untags };
}

/** Written out field by field: spreading a million objects takes seconds. */
function deletion(
  image: Image,
  { rule, detail }: Extract<Settled, { kind: "delete" }>,
  { bytes: freesBytes, disk: freesDiskBytes }: { bytes: number; disk: number | undefined },
  wave: number,
): Action {
  const { id: subject, references } = image;
  const kind = "delete-image";
  const reason = detail;
  const recovery = NO_WAY_BACK;
  if (freesDiskBytes === undefined)
    return { kind, subject, references, rule, reason, freesBytes, wave, recovery };
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
