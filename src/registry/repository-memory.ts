import type { Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";

/** Digests that tags meant when a repository was read last, to ask only what has changed. */
export interface TagMemory {
  recall(repository: string): ReadonlyMap<string, Digest>;
  remember(repository: string, tags: ReadonlyMap<string, Digest>): void;
}

export function tagMemory(cache: FactsCache, registry: string): TagMemory {
  const scope = `registry-tags:1:${registry}`;
  return {
    recall(repository) {
      const text = cache.read(scope, [repository]).get(repository);
      return new Map(text === undefined ? [] : (JSON.parse(text) as [string, string][]));
    },
    remember(repository, tags) {
      cache.write(scope, new Map([[repository, JSON.stringify([...tags])]]));
    },
  };
}
