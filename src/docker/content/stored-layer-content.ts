import { createReadStream } from "node:fs";
import type { Digest } from "../../oci/digest.ts";
import type {
  ContentPart,
  ImageContentReader,
  ImageForm,
  ReadContentOptions,
} from "../../ports/image-content.ts";
import { readLayerTar } from "./layer-tar.ts";
import type { StoredLayers } from "./stored-layers.ts";

type ConfigForm = ImageForm & { readonly kind: "config" };

/**
 * Reads images where the engine itself keeps them: only the layers that are wanted, where a save gives all of them, each
 * time. Which data root it is need not be known for certain: whoever keeps the content holds it against its digests. What
 * cannot be had so, or was had once and is wanted again, comes from `saved`, as far as that gives it.
 */
export class StoredLayerContent implements ImageContentReader {
  readonly #layers: StoredLayers;
  readonly #saved: ImageContentReader;
  /** Once more means that it was not what it should be. */
  readonly #given = new Set<Digest>();

  constructor(layers: StoredLayers, saved: ImageContentReader) {
    this.#layers = layers;
    this.#saved = saved;
  }

  formOf(id: Digest): Promise<ImageForm> {
    return this.#saved.formOf(id);
  }

  readContent(
    id: Digest,
    form: ImageForm,
    options: ReadContentOptions,
  ): AsyncIterable<ContentPart> {
    const parts = form.kind === "config" ? this.#partsOf(form, options) : undefined;
    return parts ?? this.#saved.readContent(id, form, options);
  }

  /** Undefined where one of them cannot be read. */
  #partsOf(
    { config, diffIds }: ConfigForm,
    { isWanted, signal }: ReadContentOptions,
  ): AsyncIterable<ContentPart> | undefined {
    const wantsConfig = isWanted(config);
    const file = wantsConfig ? this.#layers.configFile(config) : undefined;
    const places = this.#layers.placesOf(diffIds, isWanted);
    if (places === undefined || (wantsConfig && file === undefined)) return undefined;
    const wanted = [...(wantsConfig ? [config] : []), ...places.keys()];
    if (wanted.some((digest) => this.#given.has(digest))) return undefined;
    const give = (digest: Digest): void => {
      signal.throwIfAborted();
      this.#given.add(digest);
    };
    return (async function* () {
      if (file !== undefined) {
        give(config);
        yield { kind: "blob", digest: config, chunks: createReadStream(file) };
      }
      for (const [digest, { tarSplit, files }] of places) {
        give(digest);
        yield { kind: "layer", digest, chunks: cancelled(readLayerTar(tarSplit, files), signal) };
      }
    })();
  }
}

async function* cancelled(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
