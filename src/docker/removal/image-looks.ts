import type { Container, Service } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";
import { formatReference, parseReference } from "../../oci/reference.ts";
import { imagePath } from "../connection/api-path.ts";
import { DANGLING_RECORD } from "../containerd/containerd-records.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import type { ImageIndex } from "./image-index.ts";
import { normaliseId, normaliseNames, type ImageNames } from "../read-names.ts";
import { engineTime } from "../read-time.ts";
import type { SharedLook } from "./shared-look.ts";

/** `GET /images/{name}/json`, as far as it is read. */
interface ImageAnswer {
  readonly Id?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Metadata?: { readonly LastTagTime?: string } | null;
}

/** The names of an image, and when one was last given, where that is known. */
export interface NamesNow extends ImageNames {
  readonly taggedAt?: string;
}

export interface ImageNow extends NamesNow {
  /** Containers that use it, in any state, and Swarm services that name it: `container web`. */
  readonly usedBy: readonly string[];
}

/** What can use images, read again whenever it is asked. */
export interface ImageUsers {
  readonly containers: SharedLook<readonly Container[]>;
  /** Undefined where the engine manages no swarm. */
  readonly services: SharedLook<readonly Service[]> | undefined;
}

/** Fresh looks at single images. */
export class ImageLooks {
  readonly #client: EngineClient;
  readonly #users: ImageUsers;
  readonly #index: ImageIndex | undefined;

  constructor(client: EngineClient, users: ImageUsers, index: ImageIndex | undefined) {
    this.#client = client;
    this.#users = users;
    this.#index = index;
  }

  /** Undefined when there is no such image. */
  async look(id: Digest): Promise<ImageNow | undefined> {
    const [names, containers, services = []] = await Promise.all([
      this.names(id),
      this.#users.containers.take(),
      this.#users.services?.take(),
    ]);
    if (names === undefined) return undefined;
    const usedBy = [
      ...containers
        .filter((container) => usesImage(container, id, names))
        .map(({ name }) => `container ${name}`),
      ...services
        .filter(({ images }) => images.some((text) => means(text, id, names)))
        .map(({ name }) => `service ${name}`),
    ];
    return { ...names, usedBy };
  }

  async names(id: Digest): Promise<NamesNow | undefined> {
    if (this.#index !== undefined) {
      const found = await this.#index.lookup(id);
      const tags = found?.names.filter((name) => !name.startsWith(DANGLING_RECORD));
      return found && namesNow(normaliseNames(tags, []), found.taggedAt);
    }
    const answer = await this.#inspect(id);
    if (answer === undefined) return undefined;
    const names = normaliseNames(answer.RepoTags, answer.RepoDigests);
    return namesNow(names, engineTime(answer.Metadata?.LastTagTime));
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

/** Where an image has no name left, the engine may tell when it lost the last one. */
function namesNow(names: ImageNames, taggedAt: string | undefined): NamesNow {
  return taggedAt === undefined || names.references.length === 0 ? names : { ...names, taggedAt };
}

function usesImage(container: Container, id: Digest, names: ImageNames): boolean {
  if (container.imageId === id || container.manifestDigest === id) return true;
  return [container.image, ...container.imageMounts].some((text) => means(text, id, names));
}

/**
 * True when a name or ID, as somebody typed it, means this image now. Of a name with a digest either part counts: what uses
 * the image that the digest means may have been given it by the tag.
 */
function means(text: string, id: Digest, names: ImageNames): boolean {
  const hex = text.replace(/^sha256:/, "");
  if (/^[a-f0-9]{12,64}$/.test(hex) && id.startsWith(`sha256:${hex}`)) return true;
  const reference = parseReference(text);
  if ("kind" in reference) return false;
  const { tag, digest, ...repository } = reference;
  if (tag !== undefined && names.references.includes(formatReference({ ...repository, tag })))
    return true;
  if (digest === undefined) return false;
  return digest === id || names.repoDigests.includes(formatReference({ ...repository, digest }));
}
