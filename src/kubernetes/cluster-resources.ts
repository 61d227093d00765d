import type { ClusterUser } from "../inventory/foreign-use.ts";
import { isJsonObject, type JsonObject } from "../oci/json-object.ts";

/** One kind of object that names images. */
export interface ClusterResource {
  readonly kind: ClusterUser;
  /** The list of all namespaces. */
  readonly path: string;
  /** The pod specifications in one object, and what tells which images its pods have. */
  readonly podSpecs: (object: JsonObject) => readonly unknown[];
}

/**
 * What is running, and what would be started again: by an owner as it is now, and by the revisions that it keeps
 * (`revisionHistoryLimit`), also those scaled to zero. The built-in role `view` may list all of them.
 */
export const CLUSTER_RESOURCES: readonly ClusterResource[] = [
  { kind: "pod", path: "/api/v1/pods", podSpecs: ({ spec }) => [spec] },
  template("replicationcontroller", "/api/v1/replicationcontrollers"),
  template("deployment", "/apis/apps/v1/deployments"),
  template("replicaset", "/apis/apps/v1/replicasets"),
  template("statefulset", "/apis/apps/v1/statefulsets"),
  template("daemonset", "/apis/apps/v1/daemonsets"),
  {
    kind: "controllerrevision",
    path: "/apis/apps/v1/controllerrevisions",
    // Whatever its controller keeps there: a patch of the template for StatefulSets and DaemonSets.
    podSpecs: ({ data }) => specsWithin(data),
  },
  template("job", "/apis/batch/v1/jobs"),
  {
    kind: "cronjob",
    path: "/apis/batch/v1/cronjobs",
    podSpecs: ({ spec }) => [at(spec, "jobTemplate", "spec", "template", "spec")],
  },
];

function template(kind: ClusterUser, path: string): ClusterResource {
  return { kind, path, podSpecs: ({ spec }) => [at(spec, "template", "spec")] };
}

/** Every object below that has containers. */
function specsWithin(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(specsWithin);
  if (!isJsonObject(value)) return [];
  const own = Array.isArray(value["containers"]) ? [value] : [];
  return [...own, ...Object.values(value).flatMap(specsWithin)];
}

/** The field at the end of a path; undefined where it is not there. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, field) => (isJsonObject(found) ? found[field] : undefined),
    value,
  );
}
