import { setTimeout as sleep } from "node:timers/promises";
import { INVENTORY_SCHEMA, type Inventory, type Target } from "../../src/inventory/inventory.ts";
import type { ImageReader } from "../../src/ports/image-reader.ts";
import type {
  CurrentImage,
  CurrentResource,
  ImageRemover,
  Removal,
} from "../../src/ports/image-remover.ts";

export interface FakeImage {
  references: string[];
  readonly blobs: readonly string[];
  readonly parent?: string;
  readonly taggedAt?: string;
}

export interface FakeContainer {
  readonly name: string;
  readonly imageId: string;
  state: string;
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly sizeBytes: number;
  readonly lastRanAt?: string;
}

export type FakeTraits = Partial<
  Pick<ImageRemover, "concurrency" | "tellsDeletedBlobs"> & {
    /** Time that each removal takes. */
    readonly removalMs: number;
    /** Whether `blobsStillThere` and `contentBytes` have an answer. */
    readonly seesBlobs: boolean;
    readonly countsContent: boolean;
    /** Says that a parent was deleted, and keeps it while it has children (the containerd store). */
    readonly keepsParents: boolean;
    /** Content goes at the sweep only (a layout). */
    readonly sweeps: boolean;
  }
>;

const NOW = "2026-11-21T12:00:00Z";

/** An engine in memory: tags, containers, children, conflicts and content, with the answers that engines give. */
export class FakeTarget implements ImageReader, ImageRemover {
  readonly target: Target = { kind: "engine", name: "fake", address: "unix:///run/fake.sock" };
  readonly images = new Map<string, FakeImage>();
  readonly containers = new Map<string, FakeContainer>();
  readonly volumes = new Map<string, number>();
  readonly networks = new Set<string>();
  readonly cacheRecords = new Map<string, number>();
  /** Bytes of what is on the disk. */
  readonly blobs = new Map<string, number>();
  readonly heldBlobs = new Map<string, string>();
  /** Subjects whose next removal ends otherwise: an outcome, or an error that is thrown. */
  readonly faults = new Map<string, Removal["outcome"] | Error>();
  /** Subjects that cannot be looked at. */
  readonly blind = new Map<string, Error>();
  /** Called when a removal begins: the moment for something to change behind our back. */
  onRemoval: (subject: string) => void = () => {};
  /** Called once a removal has had its effect. */
  onRemoved: (subject: string) => void = () => {};
  /** The subjects that a removal was asked for, in order. */
  readonly asked: string[] = [];
  mostAtOnce = 0;
  readonly concurrency: number;
  readonly tellsDeletedBlobs: boolean;
  readonly #traits: FakeTraits;
  #atOnce = 0;

  constructor(traits: FakeTraits = {}) {
    this.#traits = traits;
    this.concurrency = traits.concurrency ?? 4;
    this.tellsDeletedBlobs = traits.tellsDeletedBlobs ?? true;
  }

  addImage(id: string, blobs: Readonly<Record<string, number>>, image: Partial<FakeImage> = {}) {
    for (const [key, bytes] of Object.entries(blobs)) this.blobs.set(key, bytes);
    this.images.set(id, { references: [], blobs: Object.keys(blobs), ...image });
  }

  addContainer(id: string, container: Partial<FakeContainer> & Pick<FakeContainer, "imageId">) {
    this.containers.set(id, {
      name: id,
      state: "exited",
      volumes: [],
      networks: [],
      sizeBytes: 0,
      ...container,
    });
  }

  async observe(): Promise<Inventory> {
    return {
      schema: INVENTORY_SCHEMA,
      target: this.target,
      takenAt: NOW,
      complete: true,
      problems: [],
      unread: [],
      accuracy: { kind: "exact" },
      images: [...this.images].map(([id, image]) => ({
        id,
        references: image.references,
        repoDigests: [],
        labels: {},
        platforms: ["linux/amd64"],
        sizeBytes: image.blobs.reduce((sum, key) => sum + (this.blobs.get(key) ?? 0), 0),
        blobs: image.blobs,
        ...(image.parent === undefined ? {} : { parent: image.parent }),
      })),
      blobs: Object.fromEntries(this.blobs),
      heldBlobs: Object.fromEntries(this.heldBlobs),
      containers: [...this.containers].map(([id, container]) => ({
        ...container,
        id,
        image: container.imageId,
        createdAt: NOW,
        labels: {},
        imageMounts: [],
      })),
      services: [],
      volumes: [],
      networks: [],
      buildCache: [],
    };
  }

  async currentImage(id: string): Promise<CurrentImage | undefined> {
    this.#lookAt(id);
    const image = this.images.get(id);
    const usedBy = this.#usersOf(id).map((name) => `container ${name}`);
    if (image === undefined) return undefined;
    const { taggedAt } = image;
    const references = image.references.toSorted();
    return { id, references, usedBy, ...(taggedAt === undefined ? {} : { taggedAt }) };
  }

  async resolveReference(reference: string): Promise<string | undefined> {
    this.#lookAt(reference);
    return [...this.images].find(([, image]) => image.references.includes(reference))?.[0];
  }

  async currentContainer(id: string): Promise<CurrentResource | undefined> {
    this.#lookAt(id);
    const container = this.containers.get(id);
    if (container === undefined) return undefined;
    const { state, lastRanAt } = container;
    return { id, state, usedBy: [], ...(lastRanAt === undefined ? {} : { lastRanAt }) };
  }

  async currentVolume(name: string): Promise<CurrentResource | undefined> {
    this.#lookAt(name);
    const usedBy = this.#containersWith(({ volumes }) => volumes.includes(name));
    return this.volumes.has(name) ? { id: name, state: "", usedBy } : undefined;
  }

  async currentNetwork(id: string): Promise<CurrentResource | undefined> {
    this.#lookAt(id);
    const usedBy = this.#containersWith(({ networks }) => networks.includes(id));
    return this.networks.has(id) ? { id, state: "", usedBy } : undefined;
  }

  deleteImage(id: string, references: readonly string[]): Promise<Removal> {
    return this.#remove(id, () => {
      const image = this.images.get(id);
      if (image === undefined) return answer("gone", "No such image");
      const users = this.#usersOf(id);
      if (users.length > 0) return answer("conflict", `image is being used by ${users.join(", ")}`);
      if (image.references.some((reference) => !references.includes(reference))) {
        return answer("conflict", "image has another name");
      }
      const hasChildren = [...this.images.values()].some(({ parent }) => parent === id);
      if (hasChildren && this.#traits.keepsParents === true) {
        image.references = [];
        return answer("removed", "", { deletedImages: [id] });
      }
      if (hasChildren) return answer("conflict", "image has dependent child images");
      return answer("removed", "", this.#drop(id, image));
    });
  }

  untag(reference: string, id: string): Promise<Removal> {
    return this.#remove(reference, () => {
      const image = this.images.get(id);
      if (image === undefined) return answer("gone", "No such image");
      image.references = image.references.filter((name) => name !== reference);
      return answer("removed", "");
    });
  }

  removeContainer(id: string): Promise<Removal> {
    return this.#remove(id, () => {
      const container = this.containers.get(id);
      if (container === undefined) return answer("gone", "No such container");
      if (container.state === "running") return answer("conflict", "container is running");
      this.containers.delete(id);
      return answer("removed", "", { freedBytes: container.sizeBytes });
    });
  }

  removeVolume(name: string): Promise<Removal> {
    return this.#remove(name, () => answer(this.volumes.delete(name) ? "removed" : "gone", ""));
  }

  removeNetwork(id: string): Promise<Removal> {
    return this.#remove(id, () => answer(this.networks.delete(id) ? "removed" : "gone", ""));
  }

  removeCacheRecord(id: string): Promise<Removal> {
    return this.#remove(id, () => {
      const freedBytes = this.cacheRecords.get(id);
      this.cacheRecords.delete(id);
      return freedBytes === undefined ? answer("gone", "") : answer("removed", "", { freedBytes });
    });
  }

  async stillListed(ids: readonly string[]): Promise<readonly string[]> {
    return ids.filter((id) => this.images.has(id));
  }

  async sweep(): Promise<readonly string[]> {
    return this.#traits.sweeps === true ? this.#dropContent() : [];
  }

  async blobsStillThere(keys: readonly string[]): Promise<readonly string[] | undefined> {
    return this.#traits.seesBlobs === true ? keys.filter((key) => this.blobs.has(key)) : undefined;
  }

  async contentBytes(): Promise<number | undefined> {
    if (this.#traits.countsContent !== true) return undefined;
    return [...this.blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  #drop(id: string, image: FakeImage): Pick<Removal, "deletedImages" | "deletedBlobs"> {
    const deletedImages = this.#dropWithParents(id, image);
    const dropped = this.#traits.sweeps === true ? [] : this.#dropContent();
    return { deletedImages, deletedBlobs: this.tellsDeletedBlobs ? dropped : [] };
  }

  /** Takes the untagged ancestors along that it was the last child of, as engines do. */
  #dropWithParents(id: string, { parent: parentId }: FakeImage): readonly string[] {
    this.images.delete(id);
    if (this.#traits.keepsParents === true) return [id];
    const parent = parentId === undefined ? undefined : this.images.get(parentId);
    if (parentId === undefined || parent === undefined || parent.references.length > 0) return [id];
    const isNeeded = [...this.images.values()].some((other) => other.parent === parentId);
    return isNeeded ? [id] : [id, ...this.#dropWithParents(parentId, parent)];
  }

  #dropContent(): string[] {
    const kept = new Set([...this.images.values()].flatMap(({ blobs }) => blobs));
    const dropped = [...this.blobs.keys()].filter(
      (key) => !kept.has(key) && !this.heldBlobs.has(key),
    );
    for (const key of dropped) this.blobs.delete(key);
    return dropped;
  }

  async #remove(subject: string, effect: () => Removal): Promise<Removal> {
    this.asked.push(subject);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      this.onRemoval(subject);
      await sleep(this.#traits.removalMs ?? 0);
      const fault = this.faults.get(subject);
      this.faults.delete(subject);
      if (fault instanceof Error) throw fault;
      if (fault !== undefined) return answer(fault, `made to end as ${fault}`);
      const removal = effect();
      this.onRemoved(subject);
      return removal;
    } finally {
      this.#atOnce -= 1;
    }
  }

  #lookAt(subject: string): void {
    const error = this.blind.get(subject);
    if (error) throw error;
  }

  #usersOf(imageId: string): readonly string[] {
    return this.#containersWith((container) => container.imageId === imageId);
  }

  #containersWith(accepts: (container: FakeContainer) => boolean): readonly string[] {
    return [...this.containers.values()].filter(accepts).map(({ name }) => name);
  }
}

function answer(outcome: Removal["outcome"], detail: string, rest: Partial<Removal> = {}): Removal {
  return { outcome, detail, deletedImages: [], deletedBlobs: [], ...rest };
}
