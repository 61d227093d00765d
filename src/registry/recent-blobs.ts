import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { RegistryClient } from "./registry-client.ts";

/** For so long an answer counts as given just now. */
const FRESH_MS = 30_000;

/** Which blobs registries have. Images share most of their blobs: each is asked for once, for all that go together. */
export class RecentBlobs {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly atMs: number; readonly has: Promise<boolean> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(
    client: Pick<RegistryClient, "registry" | "headBlob">,
    repository: string,
    digest: Digest,
  ): Promise<boolean> {
    const key = `${client.registry}/${repository}@${digest}`;
    const nowMs = this.#clock();
    const known = this.#answers.get(key);
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.has;
    const has = client.headBlob(repository, digest).then((size) => size !== undefined);
    this.#answers.set(key, { atMs: nowMs, has });
    // A question that failed is asked anew.
    has.catch(() => this.#answers.delete(key));
    return has;
  }
}
