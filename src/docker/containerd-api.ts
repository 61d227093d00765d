import type { Digest } from "../oci/digest.ts";
import type { ContainerdConnection } from "./containerd-connection.ts";
import { codecOf, type Codec } from "./containerd-messages.ts";

export type Labels = Readonly<Record<string, string>>;

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** A name for a piece of content, or (`moby-dangling@…`) the absence of one. */
export interface ImageRecord {
  readonly name: string;
  readonly labels: Labels;
  readonly target: { readonly digest: Digest; readonly mediaType: string };
  readonly createdAt: Timestamp | null;
  readonly updatedAt: Timestamp | null;
}

export interface ContentInfo {
  readonly digest: Digest;
  readonly size: number;
  readonly labels: Labels;
}

export interface SnapshotInfo {
  readonly name: string;
  /** Empty for the lowest. */
  readonly parent: string;
  readonly kind: number;
  readonly labels: Labels;
}

/** `SnapshotInfo.kind` of one that does not change any more. */
export const COMMITTED = 3;

/** Keeps what it names, until it is deleted or expires. */
export interface Lease {
  readonly id: string;
  readonly labels: Labels;
}

/** `type`: `content`, `snapshots/<snapshotter>`, `ingests`, `images`. */
export interface LeaseResource {
  readonly id: string;
  readonly type: string;
}

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

  async leaseResources(id: string): Promise<readonly LeaseResource[]> {
    const method = `${SERVICES}.leases.v1.Leases/ListResources`;
    return (await this.#call<{ resources: LeaseResource[] }>(method, LIST_RESOURCES, { id }))
      .resources;
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

/** RFC 3339, UTC; undefined for a missing time. */
export function timeOf(stamp: Timestamp | null): string | undefined {
  return stamp === null
    ? undefined
    : new Date(stamp.seconds * 1000 + Math.floor(stamp.nanos / 1e6)).toISOString();
}
