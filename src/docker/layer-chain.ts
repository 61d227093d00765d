import { hash } from "node:crypto";
import type { Digest } from "../oci/digest.ts";

/**
 * The chain IDs of a stack of layers, bottom first (image-spec, config.md#layer-chainid). `known` spares hashing again
 * what stacks have in common.
 */
export function chainIdsOf(
  diffIds: readonly Digest[],
  known: Map<string, Digest> = new Map(),
): Digest[] {
  const chainIds: Digest[] = [];
  for (const diffId of diffIds) chainIds.push(nextChainId(chainIds.at(-1), diffId, known));
  return chainIds;
}

/** The chain ID of a layer on top of a stack; the lowest layer's is its own diff ID. */
export function nextChainId(
  below: Digest | undefined,
  diffId: Digest,
  known: Map<string, Digest> = new Map(),
): Digest {
  if (below === undefined) return diffId;
  const both = `${below} ${diffId}`;
  let chainId = known.get(both);
  if (chainId === undefined) {
    chainId = `sha256:${hash("sha256", both)}`;
    known.set(both, chainId);
  }
  return chainId;
}
