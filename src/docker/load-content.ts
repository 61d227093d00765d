import { isDigest, type Digest } from "../oci/digest.ts";
import type { ImageContentWriter, StoredContent } from "../ports/image-content.ts";
import type { EngineClient } from "./engine-client.ts";
import { EngineError } from "./engine-error.ts";
import { configArchive, manifestArchive } from "./load-archive.ts";
import { writeTar } from "./archive-tar.ts";

/** Gives images back by the engine's load. */
export class LoadedImageContent implements ImageContentWriter {
  readonly #client: EngineClient;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async writeImage(content: StoredContent, { signal }: { signal: AbortSignal }): Promise<Digest> {
    const files =
      content.form.kind === "config"
        ? configArchive(content, content.form)
        : manifestArchive(content, content.form.root);
    const path = "/images/load";
    let loaded: Digest | undefined;
    const answers = this.#client.stream("POST", path, {
      query: { quiet: 1 },
      headers: { "Content-Type": "application/x-tar" },
      upload: writeTar(files),
      signal,
    });
    for await (const answer of answers) {
      const { stream } = answer as { readonly stream?: string };
      const [, id] = /^Loaded image(?: ID)?: (\S+)/m.exec(stream ?? "") ?? [];
      if (id !== undefined && isDigest(id)) loaded = id;
    }
    if (loaded !== undefined) return loaded;
    throw new EngineError("protocol", {
      address: this.#client.address,
      request: `POST ${path}`,
      detail: "the engine did not say which image it has loaded",
    });
  }
}
