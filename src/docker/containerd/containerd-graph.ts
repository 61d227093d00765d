import type { Digest } from "../../oci/digest.ts";
import type {
  ContentInfo,
  Labels,
  Lease,
  LeaseResource,
  SnapshotInfo,
} from "./containerd-records.ts";

/** The key of a snapshot in `Inventory.blobs`; that of content is its digest. */
export function snapshotKey(name: string): string {
  return `snapshot:${name}`;
}

export function snapshotOfKey(key: string): string | undefined {
  return key.startsWith("snapshot:") ? key.slice("snapshot:".length) : undefined;
}

/**
 * What stands on what in a containerd, as its garbage collector sees it (containerd `core/metadata/gc.go`): content and
 * snapshots name what they need in labels, a snapshot needs its parent.
 */
export class ContainerdGraph {
  readonly content: ReadonlyMap<Digest, ContentInfo>;
  readonly snapshots: ReadonlyMap<string, SnapshotInfo>;
  readonly #snapshotter: string;

  constructor(
    content: readonly ContentInfo[],
    snapshots: readonly SnapshotInfo[],
    snapshotter: string,
  ) {
    this.content = new Map(content.map((info) => [info.digest, info]));
    this.snapshots = new Map(snapshots.map((info) => [info.name, info]));
    this.#snapshotter = snapshotter;
  }

  /** Keys of all that is there of this content and of what it stands on. */
  standsOn(digest: Digest): ReadonlySet<string> {
    return this.#reach([digest], false);
  }

  /** Keys of all that a lease keeps. A flat one keeps what it names, and snapshots with their parents, but no more. */
  keptBy(lease: Lease, resources: readonly LeaseResource[]): ReadonlySet<string> {
    const keys = resources.flatMap(({ id, type }) => {
      if (type === "content") return [id];
      return type === `snapshots/${this.#snapshotter}` ? [snapshotKey(id)] : [];
    });
    return this.#reach(keys, "containerd.io/gc.flat" in lease.labels);
  }

  /** Keys of what is kept for its own sake, and of all that it stands on. */
  keptByLabel(): ReadonlySet<string> {
    const roots: string[] = [];
    for (const { digest, labels } of this.content.values()) if (ROOT in labels) roots.push(digest);
    for (const { name, labels } of this.snapshots.values())
      if (ROOT in labels) roots.push(snapshotKey(name));
    return this.#reach(roots, false);
  }

  #reach(keys: Iterable<string>, isFlat: boolean): ReadonlySet<string> {
    const found = new Set<string>();
    for (const key of keys) if (this.#has(key)) found.add(key);
    for (const key of found) {
      for (const next of this.#nextOf(key, isFlat)) if (this.#has(next)) found.add(next);
    }
    return found;
  }

  *#nextOf(key: string, isFlat: boolean): Generator<string> {
    const snapshot = this.snapshots.get(snapshotOfKey(key) ?? "");
    if (snapshot !== undefined && snapshot.parent !== "") yield snapshotKey(snapshot.parent);
    if (!isFlat) yield* this.#named((snapshot ?? this.content.get(key))?.labels ?? {});
  }

  *#named(labels: Labels): Generator<string> {
    for (const [label, value] of Object.entries(labels)) {
      const reference = /^containerd\.io\/gc\.ref\.(?:(content)|snapshot\.([^./]+))(?:[./]|$)/.exec(
        label,
      );
      if (reference?.[1] !== undefined) yield value;
      else if (reference?.[2] === this.#snapshotter) yield snapshotKey(value);
    }
  }

  #has(key: string): boolean {
    const name = snapshotOfKey(key);
    return name === undefined ? this.content.has(key) : this.snapshots.has(name);
  }
}

const ROOT = "containerd.io/gc.root";

/** True once the lease keeps nothing any more: the collector has not yet been by. */
export function hasExpired(lease: Lease, nowMs: number): boolean {
  const expiresMs = Date.parse(lease.labels["containerd.io/gc.expire"] ?? "");
  return !Number.isNaN(expiresMs) && expiresMs <= nowMs;
}
