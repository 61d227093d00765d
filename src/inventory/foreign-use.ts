import type { Digest } from "../oci/digest.ts";
import type { SwarmNode } from "./inventory.ts";

export const FOREIGN_USE_SCHEMA = "plimsoll.foreign-use/1";

/** What needs images on an engine. */
export const HOST_USERS = ["container", "mount", "service"] as const;

/** What needs images in a Kubernetes cluster, as kubectl calls it; all but pods would start them again. */
export const CLUSTER_USERS = [
  "pod",
  "replicaset",
  "deployment",
  "statefulset",
  "daemonset",
  "controllerrevision",
  "replicationcontroller",
  "job",
  "cronjob",
] as const;
export type ClusterUser = (typeof CLUSTER_USERS)[number];

/** One thing on a host or in a cluster that needs an image. */
export interface ForeignUser {
  readonly kind: (typeof HOST_USERS)[number] | ClusterUser;
  /** In a cluster `namespace/name`. */
  readonly name: string;
  /** Of a container its state, of a pod its phase; empty for all others. */
  readonly state: string;
}

/** What a host knows an image by, and what uses it there; nothing does where it is only present. */
export interface ForeignDigest {
  /** A manifest, an index, or the configuration by which an engine knows an image. */
  readonly digest: Digest;
  readonly users: readonly ForeignUser[];
}

/** A name without a digest that something will be started from again. */
export interface ForeignName {
  /** Fully normalised `registry/repository:tag`. */
  readonly reference: string;
  readonly users: readonly ForeignUser[];
}

export interface ForeignHost {
  /** As the policy names it; of a cluster with `CLUSTER_PREFIX`. */
  readonly name: string;
  /** False where it did not answer, or not all that could use an image was read. */
  readonly complete: boolean;
  /** Why not, a sentence each. */
  readonly problems: readonly string[];
  /** Of an engine that is part of a Swarm. */
  readonly swarm?: SwarmNode;
  /** Sorted. */
  readonly digests: readonly ForeignDigest[];
  /** Sorted. */
  readonly names: readonly ForeignName[];
}

/** What hosts hold and use of the images of a registry. Plain JSON. */
export interface ForeignUse {
  readonly schema: typeof FOREIGN_USE_SCHEMA;
  /** Sorted by name. */
  readonly hosts: readonly ForeignHost[];
}

/** In front of a kubeconfig's context, where a policy names a cluster among its hosts. */
export const CLUSTER_PREFIX = "kubernetes:";

/** The context of a cluster; undefined for the name of an engine. */
export function clusterContext(hostName: string): string | undefined {
  return hostName.startsWith(CLUSTER_PREFIX) ? hostName.slice(CLUSTER_PREFIX.length) : undefined;
}

/** A host that could not be asked at all. */
export function silentHost(name: string, problem: string): ForeignHost {
  return { name, complete: false, problems: [problem], digests: [], names: [] };
}

/** Sorted, so that which host answered first changes nothing. */
export function foreignUseOf(hosts: readonly ForeignHost[]): ForeignUse {
  const managers = new Set(
    hosts.flatMap(({ swarm, complete }) => (swarm?.isManager && complete ? [swarm.nodeId] : [])),
  );
  const sorted = hosts.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    schema: FOREIGN_USE_SCHEMA,
    hosts: sorted.map((host) => withoutItsManagers(host, managers)),
  };
}

/** A worker may be given any task of its Swarm's services, and only a manager could tell which these are. */
function withoutItsManagers(host: ForeignHost, managers: ReadonlySet<string>): ForeignHost {
  const { swarm, complete, problems } = host;
  const isKnown =
    swarm === undefined || swarm.isManager || swarm.managerIds.some((id) => managers.has(id));
  return isKnown || !complete
    ? host
    : { ...host, complete: false, problems: [...problems, NO_MANAGER] };
}

const NO_MANAGER =
  "it is a worker of a Swarm, whose services only a manager knows, and none of its managers was asked";
