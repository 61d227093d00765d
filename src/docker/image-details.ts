import type { Digest } from "../oci/digest.ts";
import type { ImageDetails, Layer } from "../ports/image-details.ts";
import { imagePath } from "./connection/api-path.ts";
import type { EngineClient } from "./connection/engine-client.ts";

export class EngineImageDetails implements ImageDetails {
  readonly layers: (id: Digest) => Promise<readonly Layer[]>;
  readonly #client: EngineClient;

  constructor(client: EngineClient, layers: (id: Digest) => Promise<readonly Layer[]>) {
    this.#client = client;
    this.layers = layers;
  }

  raw(id: Digest): Promise<unknown> {
    return this.#client.getJson(imagePath(id, "/json"));
  }
}
