import { accessSync, constants, createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../oci/digest.ts";
import type {
  ContentPart,
  ImageContentReader,
  ImageForm,
  ReadContentOptions,
} from "../ports/image-content.ts";
import { chainIdsOf } from "./layer-chain.ts";
import { readLayerTar } from "./layer-tar.ts";
import type { EngineTraits } from "./read-engine.ts";

type ConfigForm = ImageForm & { readonly kind: "config" };

/** Layers of this driver lie in folders of their own; others keep differences to the one below, or none. */
const DRIVER = "overlay2";
const CACHE_ID = /^[\w-]+$/;

/**
 * Reads images where the engine itself keeps them: only the layers that are wanted, where a save gives all of them, each
 * time. Which data root it is need not be known for certain: whoever keeps the content holds it against its digests. What
 * cannot be had so, or was had once and is wanted again, comes from `saved`.
 */
export class StoredLayerContent implements ImageContentReader {
  readonly #root: string;
  readonly #saved: ImageContentReader;
  /** Once more means that it was not what it should be. */
  readonly #given = new Set<Digest>();

  constructor(rootDir: string, saved: ImageContentReader) {
    this.#root = rootDir;
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
    const file = join(this.#imageFolder, "imagedb/content", ...config.split(":"));
    const chainIds = chainIdsOf(diffIds);
    const layers = new Map<Digest, LayerPlace>();
    for (const [index, diffId] of diffIds.entries()) {
      if (!isWanted(diffId) || layers.has(diffId)) continue;
      const place = this.#placeOf(chainIds[index] ?? diffId);
      if (place === undefined || this.#given.has(diffId)) return undefined;
      layers.set(diffId, place);
    }
    const wantsConfig = isWanted(config);
    if (wantsConfig && (this.#given.has(config) || !existsSync(file))) return undefined;
    const give = (digest: Digest): void => {
      signal.throwIfAborted();
      this.#given.add(digest);
    };
    return (async function* () {
      if (wantsConfig) {
        give(config);
        yield { kind: "blob", digest: config, chunks: createReadStream(file) };
      }
      for (const [digest, { tarSplit, files }] of layers) {
        give(digest);
        yield { kind: "layer", digest, chunks: cancelled(readLayerTar(tarSplit, files), signal) };
      }
    })();
  }

  get #imageFolder(): string {
    return join(this.#root, "image", DRIVER);
  }

  #placeOf(chainId: Digest): LayerPlace | undefined {
    const folder = join(this.#imageFolder, "layerdb", ...chainId.split(":"));
    const tarSplit = join(folder, "tar-split.json.gz");
    try {
      const cacheId = readFileSync(join(folder, "cache-id"), "utf8").trim();
      if (!CACHE_ID.test(cacheId)) return undefined;
      const files = join(this.#root, DRIVER, cacheId, "diff");
      accessSync(tarSplit, constants.R_OK);
      accessSync(files, constants.R_OK | constants.X_OK);
      return { tarSplit, files };
    } catch {
      return undefined;
    }
  }
}

interface LayerPlace {
  readonly tarSplit: string;
  /** The layer's files as they were unpacked. */
  readonly files: string;
}

/** Whether images of the engine may be read this way at all. */
export function readsStoredLayers({ engine, driver, isLocal }: EngineTraits): boolean {
  return (
    isLocal &&
    engine.product === "docker" &&
    engine.imageStore === "graphdriver" &&
    driver === DRIVER &&
    engine.rootDir !== ""
  );
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
