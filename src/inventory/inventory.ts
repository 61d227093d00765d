import type { Image } from "./image.ts";
import type { CacheRecord, Container, Network, Service, Volume } from "./resources.ts";

export const INVENTORY_SCHEMA = "plimsoll.inventory/1";

/** A place that holds images. `address` is what it is reached by, without secrets. */
export interface Target {
  readonly kind: "engine" | "registry" | "layout";
  readonly name: string;
  readonly address: string;
  /** The target's own identity, where it has one (plans carry it): the same engine at another address is the same target. */
  readonly id?: string;
}

export interface Engine {
  readonly product: "docker" | "podman";
  readonly version: string;
  readonly apiVersion: string;
  readonly imageStore: "graphdriver" | "containerd";
  readonly rootDir: string;
  /** The engine's own identity (`/info` ID), where it has one: two addresses of one engine share it. */
  readonly engineId?: string;
  readonly disk?: { readonly totalBytes: number; readonly freeBytes: number };
  readonly swarm?: SwarmNode;
}

/** An engine's place in a Swarm. Only managers know its services. */
export interface SwarmNode {
  readonly nodeId: string;
  readonly isManager: boolean;
  /** Nodes that manage the Swarm, as far as this one knows, sorted. */
  readonly managerIds: readonly string[];
}

/**
 * What tells an engine from every other: its ID and its data root, for engines of 20.10 on one machine share their ID.
 * Undefined for one without an ID.
 */
export function engineIdentity({ engineId, rootDir }: Engine): string | undefined {
  return engineId === undefined || engineId === "" ? undefined : `${engineId}:${rootDir}`;
}

/**
 * How the byte figures of an inventory relate to what a removal really frees.
 * `exact`: to the byte, in the target's own accounting; `at-least`: a lower bound;
 * `up-to`: an upper bound. `detail` says why it is not exact.
 */
export interface Accuracy {
  readonly kind: "exact" | "at-least" | "up-to";
  readonly detail?: string;
}

/**
 * What could not be read. Whatever it may be hiding is kept. `repositories`: some of a registry's, which are missing or whose
 * images are marked `unreadable`; all others are whole.
 */
export type Unread =
  | "images"
  | "repositories"
  | "containers"
  | "services"
  | "volumes"
  | "networks"
  | "build-cache";

/** Everything that a target holds at one moment. Plain JSON: it can be saved, replayed and compared. */
export interface Inventory {
  readonly schema: typeof INVENTORY_SCHEMA;
  readonly target: Target;
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly complete: boolean;
  /** Why it is not complete, a sentence each. */
  readonly problems: readonly string[];
  /** The parts that `problems` speak of. */
  readonly unread: readonly Unread[];
  readonly accuracy: Accuracy;
  readonly engine?: Engine;
  readonly images: readonly Image[];
  /**
   * Bytes of each blob, in the target's own accounting. Keys: a chain ID (graphdriver, Podman);
   * `snapshot:` + chain ID, or a content digest (containerd); a blob digest (layout, registry).
   */
  readonly blobs: Readonly<Record<string, number>>;
  /** The same blobs in allocated disk blocks, where they could be measured. */
  readonly diskBytes?: Readonly<Record<string, number>>;
  /** Blobs that stay when every image is gone, each with what holds it ("build cache", "container web"). */
  readonly heldBlobs: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly services: readonly Service[];
  readonly volumes: readonly Volume[];
  readonly networks: readonly Network[];
  readonly buildCache: readonly CacheRecord[];
}
