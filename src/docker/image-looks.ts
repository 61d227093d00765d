import type { Container } from "../inventory/resources.ts";
import type { Digest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import { imagePath } from "./api-path.ts";
import type { EngineClient } from "./engine-client.ts";
import { EngineError } from "./engine-error.ts";
import type { ImageIndex } from "./image-index.ts";
import { normaliseId, normaliseNames, type ImageNames } from "./read-names.ts";
import type { SharedLook } from "./shared-look.ts";

/** `GET /images/{name}/json`, as far as it is read. */
interface ImageAnswer {
  readonly Id?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
}

export interface ImageNow extends ImageNames {
  /** Names of containers that use it, in any state. */
  readonly usedBy: readonly string[];
}

/** Fresh looks at single images. */
export class ImageLooks {
  readonly #client: EngineClient;
  readonly #containers: SharedLook<readonly Container[]>;
  readonly #index: ImageIndex | undefined;

  constructor(
    client: EngineClient,
    containers: SharedLook<readonly Container[]>,
    index: ImageIndex | undefined,
  ) {
    this.#client = client;
    this.#containers = containers;
    this.#index = index;
  }

  /** Undefined when there is no such image. */
  async look(id: Digest): Promise<ImageNow | undefined> {
    const [names, containers] = await Promise.all([this.names(id), this.#containers.take()]);
    if (names === undefined) return undefined;
    const users = containers.filter((container) => usesImage(container, id, names));
    return { ...names, usedBy: users.map(({ name }) => name) };
  }

  async names(id: Digest): Promise<ImageNames | undefined> {
    if (this.#index !== undefined) {
      const found = await this.#index.lookup(id);
      const tags = found?.names.filter((name) => !name.startsWith(DANGLING_RECORD));
      return found && normaliseNames(tags, []);
    }
    const answer = await this.#inspect(id);
    return answer && normaliseNames(answer.RepoTags, answer.RepoDigests);
  }

  /** Where a name points now; undefined when it does not exist. */
  async resolve(reference: string): Promise<Digest | undefined> {
    return normaliseId((await this.#inspect(reference))?.Id);
  }

  async #inspect(name: string): Promise<ImageAnswer | undefined> {
    try {
      return await this.#client.getJson<ImageAnswer>(imagePath(name, "/json"));
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}

/** Docker's mark for images without a name in containerd's store: `moby-dangling@sha256:…`. */
const DANGLING_RECORD = "moby-dangling@";

function usesImage(container: Container, id: Digest, names: ImageNames): boolean {
  if (container.imageId === id || container.manifestDigest === id) return true;
  return [container.image, ...container.imageMounts].some((text) => means(text, id, names));
}

/** True when a name or ID, as somebody typed it, means this image now. */
function means(text: string, id: Digest, names: ImageNames): boolean {
  const hex = text.replace(/^sha256:/, "");
  if (/^[a-f0-9]{12,64}$/.test(hex) && id.startsWith(`sha256:${hex}`)) return true;
  const reference = parseReference(text);
  if ("kind" in reference) return false;
  if (reference.digest === undefined) return names.references.includes(formatReference(reference));
  const { tag: _tag, ...byDigest } = reference;
  return reference.digest === id || names.repoDigests.includes(formatReference(byDigest));
}
