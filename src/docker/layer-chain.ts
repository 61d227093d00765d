import { hash } from "node:crypto";
import type { Digest } from "../oci/digest.ts";

/** The chain IDs of a stack of layers, bottom first (image-spec, config.md#layer-chainid). */
export function chainIdsOf(diffIds: readonly Digest[]): Digest[] {
  const chainIds: Digest[] = [];
  for (const diffId of diffIds) chainIds.push(nextChainId(chainIds.at(-1), diffId));
  return chainIds;
}

/** The chain ID of a layer on top of a stack; the lowest layer's is its own diff ID. */
export function nextChainId(below: Digest | undefined, diffId: Digest): Digest {
  return below === undefined ? diffId : `sha256:${hash("sha256", `${below} ${diffId}`)}`;
}
