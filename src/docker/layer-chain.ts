import { hash } from "node:crypto";
import type { Digest } from "../oci/digest.ts";

/** The chain IDs of a stack of layers, bottom first (image-spec, config.md#layer-chainid). */
export function chainIdsOf(diffIds: readonly Digest[]): Digest[] {
  const chainIds: Digest[] = [];
  let below: Digest | undefined;
  for (const diffId of diffIds) {
    below = below === undefined ? diffId : `sha256:${hash("sha256", `${below} ${diffId}`)}`;
    chainIds.push(below);
  }
  return chainIds;
}
