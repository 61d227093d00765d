import type { Digest } from "../oci/digest.ts";

/** A container in any state. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The image as the engine names it: a reference, or an ID once the name has moved on. Not a key. */
  readonly image: string;
  readonly imageId: Digest;
  /** The platform manifest it runs, where the engine tells (API 1.48 and later, containerd store). */
  readonly manifestDigest?: Digest;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly state: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  /** Absent while it runs, and when it never ran. */
  readonly finishedAt?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Images mounted with `type=image`: references or IDs as they were given. */
  readonly imageMounts: readonly string[];
  /** Names of the volumes it mounts. */
  readonly volumes: readonly string[];
  /** Names or IDs of the networks it is attached to. */
  readonly networks: readonly string[];
  /** Bytes of its writable layer, where known. */
  readonly sizeBytes?: number;
}

/** A Swarm service: the images its current and its previous specification name. */
export interface Service {
  readonly id: string;
  readonly name: string;
  /** References as the specifications give them, current first; may carry a digest. */
  readonly images: readonly string[];
}

export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly anonymous: boolean;
  readonly createdAt?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent when unknown: the engine says -1, or does not say. */
  readonly sizeBytes?: number;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** `local`, `swarm` or `global`. */
  readonly scope: string;
  /** Made by the engine itself (`bridge`, `host`, `none`, `podman`, `ingress`, …): never removed. */
  readonly builtIn: boolean;
  readonly createdAt?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One record of the build cache. */
export interface CacheRecord {
  readonly id: string;
  /** `regular`, `source.local`, `exec.cachemount`, … */
  readonly type: string;
  readonly description: string;
  readonly inUse: boolean;
  /** An image, or another record, stands on the same layer: removing the record alone frees nothing. */
  readonly shared: boolean;
  readonly sizeBytes: number;
  readonly createdAt?: string;
  readonly lastUsedAt?: string;
  readonly parents: readonly string[];
  /** Keys of `Inventory.blobs` that this record holds besides images, where that is known. */
  readonly blobs?: readonly string[];
}
