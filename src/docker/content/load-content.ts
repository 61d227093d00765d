import { Readable } from "node:stream";
import { isDigest, type Digest } from "../../oci/digest.ts";
import type { Engine } from "../../inventory/inventory.ts";
import type { ImageContentWriter, StoredContent } from "../../ports/image-content.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";

/** Makes the archive that an engine loads an image from. */
export type PackImage = (
  content: StoredContent,
  options: { readonly layersAs: "tars" | "packed" },
) => AsyncIterable<Uint8Array>;

/** Of a quarter of a megabyte each, at most. */
const CHUNKS_AHEAD = 16;

/** Gives images back by the engine's load. */
export class LoadedImageContent implements ImageContentWriter {
  readonly #client: EngineClient;
  readonly #engine: Engine;
  readonly #pack: PackImage;

  constructor(client: EngineClient, engine: Engine, pack: PackImage) {
    this.#client = client;
    this.#engine = engine;
    this.#pack = pack;
  }

  async writeImage(content: StoredContent, { signal }: { signal: AbortSignal }): Promise<Digest> {
    const path = "/images/load";
    const layersAs = unpacksZstdLayers(this.#engine) ? "packed" : "tars";
    let loaded: Digest | undefined;
    const answers = this.#client.stream("POST", path, {
      query: { quiet: 1 },
      headers: { "Content-Type": "application/x-tar" },
      // Read, hashed and unpacked ahead while the engine is busy with what it has.
      upload: Readable.from(this.#pack(content, { layersAs }), { highWaterMark: CHUNKS_AHEAD }),
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

/** Moby 23.0, `pkg/archive` (moby#41759). */
const FIRST_WITH_ZSTD_MAJOR = 23;

/**
 * Whether the load of an archive unpacks layers that are zstd, and holds what comes out against the configuration's diff
 * IDs. The containerd store would keep them as they came, under a media type that is not theirs.
 */
export function unpacksZstdLayers({
  product,
  version,
  imageStore,
}: Pick<Engine, "product" | "version" | "imageStore">): boolean {
  return (
    product === "docker" &&
    imageStore === "graphdriver" &&
    Number.parseInt(version, 10) >= FIRST_WITH_ZSTD_MAJOR
  );
}
