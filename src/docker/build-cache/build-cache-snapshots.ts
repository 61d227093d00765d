import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import { BoltError, readBolt, type BoltBucket } from "./bolt-file.ts";

const ATTEMPTS = 3;

/**
 * Which layers BuildKit holds on a graphdriver, from its own database (moby
 * `builder/builder-next/adapters/snapshot/snapshot.go`): a bucket for each snapshot, named after the cache record, with
 * the chain ID of the layer it became; or named after the chain ID itself. Undefined where it cannot be read.
 */
export function readCacheSnapshots(rootDir: string): ReadonlyMap<string, Digest> | undefined {
  const path = join(rootDir, "buildkit", "snapshots.db");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      // Pages may be written anew between two reads of the file: what was read counts only if nothing was committed.
      const before = readBolt(readFileSync(path));
      const after = readBolt(readFileSync(path));
      if (before.transaction === after.transaction) return chainIdsOfSnapshots(after.buckets);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return new Map();
      if (code === "EACCES" || code === "EPERM") return undefined;
      if (!(error instanceof BoltError)) throw error;
    }
  }
  return undefined;
}

export function chainIdsOfSnapshots(buckets: BoltBucket): ReadonlyMap<string, Digest> {
  const chainIds = new Map<string, Digest>();
  for (const [name, bucket] of buckets) {
    if (bucket instanceof Uint8Array) continue;
    const value = bucket.get("chainid");
    if (value instanceof Uint8Array) chainIds.set(name, new TextDecoder().decode(value));
    else if (name.startsWith("sha256:")) chainIds.set(name, name);
  }
  return chainIds;
}
