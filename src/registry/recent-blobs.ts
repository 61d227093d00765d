import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import { RecentAnswers } from "./recent-answers.ts";
import type { RegistryClient } from "./registry-client.ts";

/** Which blobs registries have. Images share most of their blobs: each is asked for once, for all that go together. */
export class RecentBlobs {
  readonly #answers: RecentAnswers<boolean>;

  constructor(clock: Clock) {
    this.#answers = new RecentAnswers(clock);
  }

  has(
    client: Pick<RegistryClient, "registry" | "headBlob">,
    repository: string,
    digest: Digest,
  ): Promise<boolean> {
    return this.#answers.get(`${client.registry}/${repository}@${digest}`, async () => {
      const size = await client.headBlob(repository, digest);
      return size !== undefined;
    });
  }
}
