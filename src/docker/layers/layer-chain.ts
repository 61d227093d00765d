import { hash } from "node:crypto";
import type { Digest } from "../../oci/digest.ts";

/** Chain IDs that were worked out before: by the chain below, then by the layer on top of it. */
export type KnownChains = Map<Digest, Map<Digest, Digest>>;

/**
 * The chain IDs of a stack of layers, bottom first (image-spec, config.md#layer-chainid). `known` spares hashing again
 * what stacks have in common.
 */
export function chainIdsOf(
  diffIds: readonly Digest[],
  known: KnownChains = new Map<Digest, Map<Digest, Digest>>(),
): Digest[] {
  const chainIds: Digest[] = [];
  let below: Digest | undefined;
  for (const diffId of diffIds) {
    below = below === undefined ? diffId : chainIdOn(below, diffId, known);
    chainIds.push(below);
  }
  return chainIds;
}

function chainIdOn(below: Digest, diffId: Digest, known: KnownChains): Digest {
  let onTop = known.get(below);
  if (onTop === undefined) {
    onTop = new Map();
    known.set(below, onTop);
  }
  let chainId = onTop.get(diffId);
  if (chainId === undefined) {
    chainId = nextChainId(below, diffId);
    onTop.set(diffId, chainId);
  }
  return chainId;
}

/** The chain ID of a layer on top of a stack; the lowest layer's is its own diff ID. */
export function nextChainId(below: Digest | undefined, diffId: Digest): Digest {
  return below === undefined ? diffId : `sha256:${hash("sha256", `${below} ${diffId}`)}`;
}
