import type { Digest } from "../oci/digest.ts";
import { markLayer, type HistoryStep, type LayerMark } from "./layer-history.ts";

/** An image as its engine describes it: which layers, and which steps; not which step made which layer. */
export interface LayeredImage {
  /** Bottom first. */
  readonly chainIds: readonly Digest[];
  /** Oldest first. */
  readonly history: readonly HistoryStep[];
}

/** Bytes of a layer; known where both are the same. */
export interface SizeRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

const UNKNOWN: SizeRange = { minBytes: 0, maxBytes: Number.POSITIVE_INFINITY };

/**
 * Finds the size of every layer. A history names sizes by step and an image layers by chain ID, so each image allows
 * the assignments that keep the order, give every layer-making step its layer and no other step one. An image whose
 * history begins with the whole history of another one that ends in the same chain is bound to that one's number of
 * layers there. What one image settles about a chain narrows the others, until nothing changes.
 */
export function solveLayerSizes(images: readonly LayeredImage[]): ReadonlyMap<Digest, SizeRange> {
  const known = new Map<Digest, SizeRange>();
  let open = withRelatives(images);
  for (const { image } of open) for (const chainId of image.chainIds) known.set(chainId, UNKNOWN);
  for (let narrowed = true; narrowed && open.length > 0;) {
    narrowed = false;
    const stillOpen: Bound[] = [];
    for (const bound of open) {
      const found = assign(bound, known);
      let settled = true;
      bound.image.chainIds.forEach((chainId, layer) => {
        const before = known.get(chainId) ?? UNKNOWN;
        const after =
          found === undefined ? before : intersect(before, rangeOf(bound, found[layer] ?? []));
        if (after.minBytes !== before.minBytes || after.maxBytes !== before.maxBytes) {
          known.set(chainId, after);
          narrowed = true;
        }
        settled &&= after.minBytes === after.maxBytes;
      });
      if (!settled) stillOpen.push(bound);
    }
    open = stillOpen;
  }
  return known;
}

/**
 * The steps that may have made each layer (positions in the history, bottom layer first), given the sizes that are
 * known; undefined when the history cannot be one of these layers.
 */
export function stepsOfLayers(
  image: LayeredImage,
  sizes: ReadonlyMap<Digest, SizeRange>,
): readonly (readonly number[])[] | undefined {
  return assign({ image, marks: image.history.map(markLayer), layersAfter: new Map() }, sizes);
}

interface Bound {
  readonly image: LayeredImage;
  readonly marks: readonly LayerMark[];
  /** Layers that exist after so many steps, where a relative tells. */
  readonly layersAfter: ReadonlyMap<number, number>;
}

/** Finds relatives by a tree of histories: one node for each distinct beginning. */
function withRelatives(images: readonly LayeredImage[]): readonly Bound[] {
  interface Node {
    readonly next: Map<string, Node>;
    /** Images whose history ends here: top chain ID (empty for none) to number of layers. */
    readonly ends: Map<string, number>;
  }
  const createNode = (): Node => ({ next: new Map(), ends: new Map() });
  const root = createNode();
  const pathOf = (image: LayeredImage): Node[] => {
    let node = root;
    return image.history.map((step) => {
      const key = `${step.created}\n${step.sizeBytes}\n${step.comment}\n${step.createdBy}`;
      let next = node.next.get(key);
      if (next === undefined) {
        next = createNode();
        node.next.set(key, next);
      }
      node = next;
      return node;
    });
  };
  const paths = images.map(pathOf);
  images.forEach((image, position) => {
    paths[position]?.at(-1)?.ends.set(image.chainIds.at(-1) ?? "", image.chainIds.length);
  });
  return images.map((image, position) => {
    const layersAfter = new Map<number, number>();
    paths[position]?.forEach((node, step) => {
      for (const [topChainId, layers] of node.ends) {
        if ((image.chainIds[layers - 1] ?? "") === topChainId) layersAfter.set(step + 1, layers);
      }
    });
    return { image, marks: image.history.map(markLayer), layersAfter };
  });
}

/** Walks all allowed assignments at once, forwards and backwards; a layer's steps are those on a way that ends right. */
function assign(bound: Bound, sizes: ReadonlyMap<Digest, SizeRange>): number[][] | undefined {
  const { image, marks, layersAfter } = bound;
  const steps = marks.length;
  const layers = image.chainIds.length;
  const fits = (step: number, layer: number): boolean => {
    const range = sizes.get(image.chainIds[layer] ?? "") ?? UNKNOWN;
    const bytes = image.history[step]?.sizeBytes ?? 0;
    return layer < layers && bytes >= range.minBytes && bytes <= range.maxBytes;
  };
  const allowed = (step: number, count: number): boolean => {
    const bindingCount = layersAfter.get(step);
    return bindingCount === undefined || bindingCount === count;
  };
  const width = layers + 1;
  const forwards = new Uint8Array((steps + 1) * width);
  forwards[0] = 1;
  for (let step = 0; step < steps; step += 1) {
    for (let count = 0; count <= layers; count += 1) {
      if (forwards[step * width + count] === 0) continue;
      if (marks[step] !== "layer" && allowed(step + 1, count))
        forwards[(step + 1) * width + count] = 1;
      if (marks[step] !== "none" && fits(step, count) && allowed(step + 1, count + 1)) {
        forwards[(step + 1) * width + count + 1] = 1;
      }
    }
  }
  if (forwards[steps * width + layers] === 0) return undefined;
  const found: number[][] = image.chainIds.map(() => []);
  let ending = new Uint8Array(width);
  ending[layers] = 1;
  for (let step = steps - 1; step >= 0; step -= 1) {
    const before = new Uint8Array(width);
    for (let count = 0; count <= layers; count += 1) {
      if (forwards[step * width + count] === 0) continue;
      if (marks[step] !== "layer" && ending[count] === 1) before[count] = 1;
      if (marks[step] !== "none" && ending[count + 1] === 1 && fits(step, count)) {
        before[count] = 1;
        found[count]?.unshift(step);
      }
    }
    ending = before;
  }
  return found;
}

function rangeOf(bound: Bound, steps: readonly number[]): SizeRange {
  const bytes = steps.map((step) => bound.image.history[step]?.sizeBytes ?? 0);
  return { minBytes: Math.min(...bytes), maxBytes: Math.max(...bytes) };
}

/** Two images that contradict each other leave the chain as it was: neither is believed. */
function intersect(left: SizeRange, right: SizeRange): SizeRange {
  const minBytes = Math.max(left.minBytes, right.minBytes);
  const maxBytes = Math.min(left.maxBytes, right.maxBytes);
  return minBytes <= maxBytes ? { minBytes, maxBytes } : left;
}
