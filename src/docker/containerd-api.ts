import type { Digest } from "../oci/digest.ts";
import type { ContainerdConnection } from "./containerd-connection.ts";
import { codecOf } from "./containerd-messages.ts";

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
  readonly #signal: AbortSignal;

  constructor(connection: ContainerdConnection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** `filters` are OR-ed (containerd `filters` package); none means all. */
  async images(filters: readonly string[] = []): Promise<readonly ImageRecord[]> {
    const method = `${SERVICES}.images.v1.Images/List`;
    const answer = await this.#call<{ images: ImageRecord[] }>(method, LIST_IMAGES, { filters });
    return answer.images;
  }

  async content(): Promise<readonly ContentInfo[]> {
    const all: ContentInfo[] = [];
    const method = `${SERVICES}.content.v1.Content/List`;
    for await (const { info } of this.#stream<{ info: ContentInfo[] }>(method, LIST_CONTENT, {}))
      all.push(...info);
    return all;
  }

  async readContent(digest: Digest): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const method = `${SERVICES}.content.v1.Content/Read`;
    for await (const { data } of this.#stream<{ data: Uint8Array }>(method, READ_CONTENT, {
      digest,
    }))
      chunks.push(data);
    return Buffer.concat(chunks);
  }

  async snapshots(snapshotter: string): Promise<readonly SnapshotInfo[]> {
    const all: SnapshotInfo[] = [];
    const method = `${SERVICES}.snapshots.v1.Snapshots/List`;
    for await (const { info } of this.#stream<{ info: SnapshotInfo[] }>(method, LIST_SNAPSHOTS, {
      snapshotter,
    })) {
      all.push(...info);
    }
    return all;
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

  #call<T>(
    method: string,
    codec: Parameters<ContainerdConnection["call"]>[1],
    request: object,
  ): Promise<T> {
    return this.#connection.call<T>(method, codec, request, this.#signal);
  }

  #stream<T>(
    method: string,
    codec: Parameters<ContainerdConnection["call"]>[1],
    request: object,
  ): AsyncGenerator<T> {
    return this.#connection.stream<T>(method, codec, request, this.#signal);
  }
}

/** RFC 3339, UTC; undefined for a missing time. */
export function timeOf(stamp: Timestamp | null): string | undefined {
  return stamp === null
    ? undefined
    : new Date(stamp.seconds * 1000 + Math.floor(stamp.nanos / 1e6)).toISOString();
}
