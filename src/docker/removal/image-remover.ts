import type { Container } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";
import type {
  CurrentImage,
  CurrentResource,
  ImageRemover,
  Removal,
} from "../../ports/image-remover.ts";
import { CacheRecordRemoval } from "../build-cache/cache-record-removal.ts";
import { readContentBytes } from "./content-bytes.ts";
import { ImageDeletion } from "./delete-image.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import type { ImageIndex } from "./image-index.ts";
import { ImageLooks } from "./image-looks.ts";
import { removalConcurrency } from "./removal-concurrency.ts";
import { toContainer, type ListedContainerAnswer } from "../read-containers.ts";
import { readSpecifiedImages } from "../read-services.ts";
import { ResourceRemoval } from "./resource-removal.ts";
import { SharedLook } from "./shared-look.ts";
import { imageIdsThere, listImageIds } from "./still-listed.ts";

export interface RemoverOptions {
  readonly imageStore: "graphdriver" | "containerd";
  /** For the containerd store, where it can be reached: the engine's own looks cost tens of milliseconds each. */
  readonly imageIndex?: ImageIndex;
  /** Services are asked for only where the engine has some: every other answers with an error. */
  readonly managesSwarm?: boolean;
}

/** Removes things from an engine, each by full ID, without force, after a look. */
export class EngineImageRemover implements ImageRemover {
  readonly concurrency: number;
  readonly tellsDeletedBlobs: boolean;
  readonly #client: EngineClient;
  readonly #options: RemoverOptions;
  readonly #looks: ImageLooks;
  readonly #images: ImageDeletion;
  readonly #resources: ResourceRemoval;
  readonly #cacheRecords: CacheRecordRemoval;

  constructor(client: EngineClient, options: RemoverOptions) {
    this.concurrency = removalConcurrency(client.engine, options.imageStore);
    this.#client = client;
    this.#options = options;
    const containers = new SharedLook(() => listContainers(client));
    const services = options.managesSwarm
      ? new SharedLook(() => readSpecifiedImages(client))
      : undefined;
    this.#looks = new ImageLooks(client, { containers, services }, options.imageIndex);
    const namesLayers = client.engine.product === "docker" && options.imageStore === "graphdriver";
    this.tellsDeletedBlobs = namesLayers;
    this.#images = new ImageDeletion(client, this.#looks, {
      digestNamesGoAlone: namesLayers,
      knownImages: namesLayers ? knownImages(client) : undefined,
    });
    this.#resources = new ResourceRemoval(client, containers);
    this.#cacheRecords = new CacheRecordRemoval(client);
  }

  async currentImage(id: Digest): Promise<CurrentImage | undefined> {
    const now = await this.#looks.look(id);
    if (now === undefined) return undefined;
    const { references, usedBy, taggedAt } = now;
    return { id, references, usedBy, ...(taggedAt === undefined ? {} : { taggedAt }) };
  }

  resolveReference(reference: string): Promise<Digest | undefined> {
    return this.#looks.resolve(reference);
  }

  currentContainer(id: string): Promise<CurrentResource | undefined> {
    return this.#resources.currentContainer(id);
  }

  currentVolume(name: string): Promise<CurrentResource | undefined> {
    return this.#resources.currentVolume(name);
  }

  currentNetwork(id: string): Promise<CurrentResource | undefined> {
    return this.#resources.currentNetwork(id);
  }

  deleteImage(id: Digest, references: readonly string[]): Promise<Removal> {
    return this.#images.deleteImage(id, references);
  }

  untag(reference: string, id: Digest): Promise<Removal> {
    return this.#images.untag(reference, id);
  }

  removeContainer(id: string): Promise<Removal> {
    return this.#resources.removeContainer(id);
  }

  removeVolume(name: string): Promise<Removal> {
    return this.#resources.removeVolume(name);
  }

  removeNetwork(id: string): Promise<Removal> {
    return this.#resources.removeNetwork(id);
  }

  removeCacheRecord(id: string): Promise<Removal> {
    return this.#cacheRecords.remove(id);
  }

  stillListed(ids: readonly Digest[]): Promise<readonly Digest[]> {
    return imageIdsThere(this.#client, ids, this.#options);
  }

  /** Engines free at once. */
  sweep(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async blobsStillThere(keys: readonly string[]): Promise<readonly string[] | undefined> {
    return this.#options.imageIndex?.blobsStillThere?.(keys);
  }

  contentBytes(): Promise<number | undefined> {
    return readContentBytes(this.#client, this.#options);
  }
}

async function listContainers(client: EngineClient): Promise<readonly Container[]> {
  const query = { all: 1 };
  const answer = await client.getJson<readonly ListedContainerAnswer[] | null>("/containers/json", {
    query,
  });
  return (answer ?? []).map((container) => toContainer(container, undefined));
}

/** As they were before the first removal; what has come since is in no plan. */
function knownImages(client: EngineClient): () => Promise<ReadonlySet<Digest>> {
  let ids: Promise<ReadonlySet<Digest>> | undefined;
  return () => (ids ??= listImageIds(client));
}
