import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ManifestTexts } from "./manifest-texts.ts";
import { RecentAnswers } from "./recent-answers.ts";
import type { RegistryClient } from "./registry-client.ts";

/** Which manifests registries have: an image is asked for whole, and once more for the layers that others share with it. */
export class RecentManifests {
  readonly #texts: ManifestTexts;
  readonly #answers: RecentAnswers<string | undefined>;

  constructor(texts: ManifestTexts, clock: Clock) {
    this.#texts = texts;
    this.#answers = new RecentAnswers(clock);
  }

  /** Undefined when the repository does not have it now. */
  read(client: RegistryClient, repository: string, digest: Digest): Promise<string | undefined> {
    return this.#answers.get(`${client.registry}/${repository}@${digest}`, () =>
      this.#texts.read(client, repository, digest),
    );
  }
}
