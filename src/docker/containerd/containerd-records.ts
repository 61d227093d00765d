import type { Digest } from "../../oci/digest.ts";

export type Labels = Readonly<Record<string, string>>;

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * How Docker begins the name of an image without one (moby `daemon/containerd/image_delete.go`): `moby-dangling@sha256:…`.
 */
export const DANGLING_RECORD = "moby-dangling@";

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

/** RFC 3339, UTC; undefined for a missing time. */
export function timeOf(stamp: Timestamp | null): string | undefined {
  return stamp === null
    ? undefined
    : new Date(stamp.seconds * 1000 + Math.floor(stamp.nanos / 1e6)).toISOString();
}
