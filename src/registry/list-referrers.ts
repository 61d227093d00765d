import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { RegistryClient } from "./registry-client.ts";

/** For so long a repository that had no referrers API is not asked for it again. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/** Asks repositories what is attached to manifests, where they have an answer to that (distribution-spec 1.1). */
export class ReferrersLister {
  readonly #client: RegistryClient;
  readonly #cache: FactsCache;
  readonly #nowMs: number;
  readonly #scope: string;
  /** Whether a repository has the API: one question, with the first manifest. */
  readonly #probes = new Map<string, Promise<boolean>>();

  constructor(client: RegistryClient, cache: FactsCache, nowMs: number) {
    this.#client = client;
    this.#cache = cache;
    this.#nowMs = nowMs;
    this.#scope = `registry-referrers:1:${client.registry}`;
  }

  /** Empty where the registry has none, or cannot tell; then their tags do. */
  async of(repository: string, digest: Digest): Promise<readonly Digest[]> {
    const probe = this.#probes.get(repository);
    if (probe !== undefined) return (await probe) ? this.#list(repository, digest) : [];
    const first = this.#lacksApi(repository)
      ? Promise.resolve(undefined)
      : this.#client.referrers(repository, digest);
    const answer = first.then((referrers) => referrers !== undefined);
    this.#probes.set(repository, answer);
    answer.catch(() => this.#probes.delete(repository));
    const referrers = await first;
    if (referrers === undefined) this.#remember(repository);
    return (referrers ?? []).filter((each) => isVerifiableDigest(each));
  }

  async #list(repository: string, digest: Digest): Promise<readonly Digest[]> {
    const referrers = (await this.#client.referrers(repository, digest)) ?? [];
    return referrers.filter((each) => isVerifiableDigest(each));
  }

  #lacksApi(repository: string): boolean {
    const text = this.#cache.read(this.#scope, [repository]).get(repository);
    if (text === undefined) return false;
    const askedMs = JSON.parse(text) as number;
    return this.#nowMs >= askedMs && this.#nowMs - askedMs < REMEMBERED_MS;
  }

  #remember(repository: string): void {
    if (this.#lacksApi(repository)) return;
    this.#cache.write(this.#scope, new Map([[repository, JSON.stringify(this.#nowMs)]]));
  }
}
