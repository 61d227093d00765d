import type { Accuracy } from "../../inventory/inventory.ts";
import type { HistoryStep } from "../../inventory/layer-history.ts";
import { solveLayerSizes, type LayeredImage } from "../../inventory/layer-sizes.ts";
import type { Digest } from "../../oci/digest.ts";
import type { FactsCache } from "../../ports/facts-cache.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { eachInParallel } from "../../concurrency/each-in-parallel.ts";
import type { ImageLayers } from "./layer-graphdriver.ts";
import { LOOKS_IN_FLIGHT } from "../read-image-facts.ts";

/** One element of `GET /images/{id}/history`, newest first. */
export interface HistoryAnswer {
  readonly Id?: string;
  readonly Created?: number;
  readonly CreatedBy?: string;
  readonly Comment?: string;
  readonly Size?: number;
}

/** `GET /system/df`, as far as it is read; the second since API 1.52. */
interface TotalAnswer {
  readonly LayersSize?: number;
  readonly ImageUsage?: { readonly TotalSize?: number };
}

/** Sizes by chain ID, and how far they can be trusted. */
interface FoundSizes {
  readonly sizes: ReadonlyMap<Digest, number>;
  readonly accuracy: Accuracy;
}

interface Reading {
  readonly client: EngineClient;
  readonly cache: FactsCache;
  readonly scope: string;
  readonly signal: AbortSignal;
}

/** Sizes of all layers of these images from their histories. `onLooked` is told of each history that is fetched. */
export async function sizesFromHistory(
  reading: Reading,
  images: readonly ImageLayers[],
  onLooked: (done: number, total: number) => void,
): Promise<FoundSizes> {
  const histories = await readHistories(reading, images, onLooked);
  const layered: LayeredImage[] = images.map((image) => ({
    chainIds: image.chainIds,
    history: histories.get(image.id) ?? [],
  }));
  const ranges = solveLayerSizes(layered);
  const sizes = new Map<Digest, number>();
  let ambiguous = 0;
  for (const [chainId, { minBytes, maxBytes }] of ranges) {
    if (minBytes !== maxBytes) ambiguous += 1;
    sizes.set(chainId, minBytes);
  }
  if (ambiguous === 0) return { sizes, accuracy: { kind: "exact" } };
  const detail = `the histories of the images leave open which step made ${ambiguous} of ${ranges.size} layers`;
  return { sizes, accuracy: { kind: "at-least", detail } };
}

/**
 * Holds the sum of all layers against the engine's own total. The API asks for it together with all that the engine
 * keeps of images, so it is asked for only when there are layers that were never checked.
 */
export async function checkAgainstTotal(
  { client, signal }: Pick<Reading, "client" | "signal">,
  sizes: ReadonlyMap<Digest, number>,
): Promise<Accuracy> {
  const query = client.supports("1.42")
    ? { type: "image", ...(client.supports("1.52") ? { verbose: 1 } : {}) }
    : {};
  let answer: TotalAnswer;
  try {
    answer = await client.getJson<TotalAnswer>("/system/df", { query, signal });
  } catch (error) {
    // Some proxies in front of an engine refuse this question alone.
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    const detail = `the engine's own total, to check the layers by, could not be read: ${error.detail}`;
    return { kind: "up-to", detail };
  }
  const stated = answer.LayersSize ?? answer.ImageUsage?.TotalSize ?? 0;
  let sum = 0;
  for (const bytes of sizes.values()) sum += bytes;
  if (sum === stated) return { kind: "exact" };
  const detail = `the layers found add up to ${sum} bytes, the engine says ${stated}`;
  return { kind: sum < stated ? "at-least" : "up-to", detail };
}

export function toHistory(answers: readonly HistoryAnswer[]): readonly HistoryStep[] {
  return answers.toReversed().map((answer) => ({
    createdBy: answer.CreatedBy ?? "",
    comment: answer.Comment ?? "",
    created: answer.Created ?? 0,
    sizeBytes: Math.max(answer.Size ?? 0, 0),
  }));
}

async function readHistories(
  { client, cache, scope: engineScope, signal }: Reading,
  images: readonly ImageLayers[],
  onLooked: (done: number, total: number) => void,
): Promise<ReadonlyMap<Digest, readonly HistoryStep[]>> {
  const scope = `${engineScope}/history`;
  const cached = cache.read(
    scope,
    images.map((image) => image.id),
  );
  const histories = new Map<Digest, readonly HistoryStep[]>();
  const unknown: ImageLayers[] = [];
  for (const image of images) {
    const text = cached.get(image.id);
    if (text === undefined) unknown.push(image);
    else histories.set(image.id, JSON.parse(text) as HistoryStep[]);
  }
  const fresh = new Map<string, string>();
  let done = 0;
  await eachInParallel(unknown, { limit: LOOKS_IN_FLIGHT }, async ({ id }) => {
    try {
      const answer = await client.getJson<readonly HistoryAnswer[] | null>(
        imagePath(id, "/history"),
        { signal },
      );
      const history = toHistory(answer ?? []);
      histories.set(id, history);
      fresh.set(id, JSON.stringify(history));
    } catch (error) {
      // Without its history an image leaves its layers open, which the accuracy then says.
      if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    }
    done += 1;
    onLooked(done, unknown.length);
  });
  if (fresh.size > 0) {
    cache.write(scope, fresh);
    cache.retain(scope, new Set(images.map((image) => image.id)));
  }
  return histories;
}
