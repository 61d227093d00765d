import type { Digest } from "../oci/digest.ts";
import { inParallel } from "./in-parallel.ts";
import type { ManifestFactsReader } from "./manifest-facts.ts";
import { RegistryError } from "./registry-error.ts";

const NOTHING: ReadonlySet<Digest> = new Set();

/** Which manifests an index lists, at any depth; found out once for each, for that never changes. */
export class ManifestReach {
  readonly #registry: string;
  readonly #facts: ManifestFactsReader;
  readonly #known = new Map<Digest, ReadonlySet<Digest>>();

  constructor(registry: string, facts: ManifestFactsReader) {
    this.#registry = registry;
    this.#facts = facts;
  }

  /** Reads what is not known of these yet. Rejects when one of them is not there: then nobody knows what it lists. */
  async learn(repository: string, digests: Iterable<Digest>, signal: AbortSignal): Promise<void> {
    const unknown = [...new Set(digests)].filter((digest) => !this.#known.has(digest));
    if (unknown.length === 0) return;
    this.#facts.recall(unknown);
    await inParallel(unknown, signal, (digest) => this.#learn(repository, digest));
  }

  below(digest: Digest): ReadonlySet<Digest> {
    return this.#known.get(digest) ?? NOTHING;
  }

  async #learn(repository: string, top: Digest): Promise<void> {
    const reached = new Set<Digest>();
    const waiting = [top];
    for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
      const manifest = await this.#facts.read(repository, digest);
      if (manifest === undefined && digest === top)
        throw new RegistryError("protocol", {
          registry: this.#registry,
          request: `GET ${repository}@${digest}`,
          detail: "a tag means it, and it is not there",
        });
      for (const child of manifest?.children ?? []) {
        if (reached.has(child)) continue;
        reached.add(child);
        waiting.push(child);
      }
    }
    this.#known.set(top, reached.size === 0 ? NOTHING : reached);
  }
}
