import type { Digest } from "../../oci/digest.ts";
import type { ContainerdConnection } from "./containerd-connection.ts";
import { codecOf, type Codec } from "./containerd-messages.ts";
import { EngineError } from "../engine-error.ts";
import type {
  ContentInfo,
  ImageRecord,
  Lease,
  LeaseResource,
  SnapshotInfo,
} from "./containerd-records.ts";

const SERVICES = "/containerd.services";
const LIST_NAMESPACES = codecOf("ListRequest", "Namespaces");
const LIST_IMAGES = codecOf("ListRequest", "Images");
const LIST_CONTENT = codecOf("ListRequest", "Contents");
const READ_CONTENT = codecOf("ReadRequest", "Chunk");
const LIST_SNAPSHOTS = codecOf("SnapshotsRequest", "Snapshots");
const SNAPSHOT_USAGE = codecOf("UsageRequest", "Usage");
const LIST_LEASES = codecOf("ListRequest", "Leases");
const LIST_RESOURCES = codecOf("IdRequest", "Resources");

/** The part of containerd's API that tells what there is. */
export class ContainerdApi {
  readonly #connection: ContainerdConnection;
  readonly #namespace: string;
  readonly #signal: AbortSignal;

  constructor(connection: ContainerdConnection, namespace: string, signal: AbortSignal) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#signal = signal;
  }

  /** The same blob may belong to several: the store has it once, until none of them has it. */
  async otherNamespaces(): Promise<readonly string[]> {
    const method = `${SERVICES}.namespaces.v1.Namespaces/List`;
    const answer = await this.#call<{ namespaces: { name: string }[] }>(
      method,
      LIST_NAMESPACES,
      {},
    );
    return answer.namespaces.map(({ name }) => name).filter((name) => name !== this.#namespace);
  }

  /** `filters` are OR-ed (containerd `filters` package); none means all. */
  async images(filters: readonly string[] = []): Promise<readonly ImageRecord[]> {
    const method = `${SERVICES}.images.v1.Images/List`;
    return (await this.#call<{ images: ImageRecord[] }>(method, LIST_IMAGES, { filters })).images;
  }

  content(namespace = this.#namespace): Promise<readonly ContentInfo[]> {
    const method = `${SERVICES}.content.v1.Content/List`;
    return this.#gather<ContentInfo>(method, LIST_CONTENT, {}, namespace);
  }

  async readContent(digest: Digest): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const request = {
      method: `${SERVICES}.content.v1.Content/Read`,
      codec: READ_CONTENT,
      message: { digest },
      namespace: this.#namespace,
    };
    for await (const { data } of this.#connection.stream<{ data: Uint8Array }>(
      request,
      this.#signal,
    )) {
      chunks.push(data);
    }
    return Buffer.concat(chunks);
  }

  snapshots(snapshotter: string): Promise<readonly SnapshotInfo[]> {
    const method = `${SERVICES}.snapshots.v1.Snapshots/List`;
    return this.#gather<SnapshotInfo>(method, LIST_SNAPSHOTS, { snapshotter }, this.#namespace);
  }

  /** Allocated bytes of what this snapshot adds to the one below. */
  async snapshotBytes(snapshotter: string, key: string): Promise<number> {
    const method = `${SERVICES}.snapshots.v1.Snapshots/Usage`;
    return (await this.#call<{ size: number }>(method, SNAPSHOT_USAGE, { snapshotter, key })).size;
  }

  async leases(): Promise<readonly Lease[]> {
    const method = `${SERVICES}.leases.v1.Leases/List`;
    return (await this.#call<{ leases: Lease[] }>(method, LIST_LEASES, {})).leases;
  }

  /** None of a lease that has ended meanwhile: builds and pulls make and end them all the time. */
  async leaseResources(id: string): Promise<readonly LeaseResource[]> {
    const method = `${SERVICES}.leases.v1.Leases/ListResources`;
    try {
      return (await this.#call<{ resources: LeaseResource[] }>(method, LIST_RESOURCES, { id }))
        .resources;
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return [];
      throw error;
    }
  }

  #call<T>(method: string, codec: Codec, message: object): Promise<T> {
    return this.#connection.call<T>(
      { method, codec, message, namespace: this.#namespace },
      this.#signal,
    );
  }

  async #gather<T>(
    method: string,
    codec: Codec,
    message: object,
    namespace: string,
  ): Promise<readonly T[]> {
    const all: T[] = [];
    const parts = this.#connection.stream<{ info: T[] }>(
      { method, codec, message, namespace },
      this.#signal,
    );
    for await (const { info } of parts) all.push(...info);
    return all;
  }
}
