import type { Engine } from "../../inventory/inventory.ts";
import { isDigest, type Digest } from "../../oci/digest.ts";
import type {
  ContentPart,
  ImageContentReader,
  ImageForm,
  ReadContentOptions,
} from "../../ports/image-content.ts";
import { imagePath } from "../connection/api-path.ts";
import { readTar, type TarFile } from "./archive-tar.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { saveLeak, UnsafeSaveError } from "./save-leak.ts";

interface InspectAnswer {
  readonly RootFS?: { readonly Layers?: readonly string[] | null } | null;
}

type SavingClient = Pick<EngineClient, "address" | "getJson" | "download">;

/**
 * Reads images by the engine's save, one image a request: two images in one request that share layers make Docker 25 to 29
 * keep those layers for good (moby `saveConfigAndLayer`). An image that has the same layer twice does so alone: it is never
 * asked for.
 */
export class SavedImageContent implements ImageContentReader {
  readonly #client: SavingClient;
  readonly #engine: Engine;

  constructor(client: SavingClient, engine: Engine) {
    this.#client = client;
    this.#engine = engine;
  }

  async formOf(id: Digest): Promise<ImageForm> {
    if (this.#engine.imageStore === "containerd") return { kind: "manifest", root: id };
    const answer = await this.#client.getJson<InspectAnswer>(imagePath(id, "/json"));
    const diffIds = (answer.RootFS?.Layers ?? []).filter((layer): layer is Digest =>
      isDigest(layer),
    );
    return { kind: "config", config: id, diffIds };
  }

  async *readContent(
    id: Digest,
    form: ImageForm,
    { isWanted, signal }: ReadContentOptions,
  ): AsyncGenerator<ContentPart> {
    const leak = form.kind === "config" ? saveLeak(this.#engine, form.diffIds) : undefined;
    if (leak !== undefined) throw new UnsafeSaveError(leak);
    const request = imagePath(id, "/get");
    try {
      for await (const file of readTar(this.#client.download("GET", request, { signal }))) {
        const part = form.kind === "config" ? partOfConfig(file, form) : partOfManifest(file);
        if (part === undefined) continue;
        if (part.digest === undefined || isWanted(part.digest)) yield part;
      }
    } catch (error) {
      if (error instanceof EngineError || !isTarError(error)) throw error;
      throw new EngineError("protocol", {
        address: this.#client.address,
        request: `GET ${request}`,
        detail: `the archive cannot be read: ${error.message}`,
        cause: error,
      });
    }
  }
}

/** Docker 25 and newer name blobs by digest, older ones have a directory a layer, Podman one file a layer. */
const BLOB_FILE = /^blobs\/sha256\/([0-9a-f]{64})$/;
const CONFIG_FILE = /^([0-9a-f]{64})\.json$/;
const LAYER_FILE = /^([0-9a-f]{64})(?:\/layer)?\.tar$/;

function partOfConfig(
  { name, chunks }: TarFile,
  form: ImageForm & { kind: "config" },
): ContentPart | undefined {
  const hex = (BLOB_FILE.exec(name) ?? CONFIG_FILE.exec(name))?.[1];
  if (hex !== undefined) {
    const digest: Digest = `sha256:${hex}`;
    if (digest === form.config) return { kind: "blob", digest, chunks };
    return form.diffIds.includes(digest) ? { kind: "layer", digest, chunks } : undefined;
  }
  const layer = LAYER_FILE.exec(name)?.[1];
  if (layer === undefined) return undefined;
  // Podman names it by its digest; Docker before 25 by an ID of another kind, and the end of its bytes tells.
  const digest: Digest = `sha256:${layer}`;
  return form.diffIds.includes(digest)
    ? { kind: "layer", digest, chunks }
    : { kind: "layer", chunks };
}

function partOfManifest({ name, chunks }: TarFile): ContentPart | undefined {
  const [, hex] = BLOB_FILE.exec(name) ?? [];
  return hex === undefined ? undefined : { kind: "blob", digest: `sha256:${hex}`, chunks };
}

/** The tar library throws plain errors; those of the system have a code, and are no matter of the archive. */
function isTarError(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error && !("code" in error);
}
