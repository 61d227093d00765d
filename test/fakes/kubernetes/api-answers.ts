/** An object as a list has it: without `kind` and `apiVersion`. */
export interface KubernetesObject {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly [field: string]: unknown;
}

export type FakeRefusal =
  /** RBAC: "reference/access-authn-authz/rbac". */
  | { readonly kind: "forbidden" }
  /** API priority and fairness: 429 with Retry-After, so many times. */
  | { readonly kind: "busy"; times: number }
  /** The `continue` token has expired when it is used, so many times: 410 with another token, which is not consistent. */
  | { readonly kind: "expired"; times: number }
  | { readonly kind: "body"; readonly body: string }
  /** An old cluster, without that list. */
  | { readonly kind: "missing" };

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

const KINDS: Readonly<Record<string, string>> = {
  "/api/v1/pods": "Pod",
  "/api/v1/replicationcontrollers": "ReplicationController",
  "/apis/apps/v1/deployments": "Deployment",
  "/apis/apps/v1/replicasets": "ReplicaSet",
  "/apis/apps/v1/statefulsets": "StatefulSet",
  "/apis/apps/v1/daemonsets": "DaemonSet",
  "/apis/apps/v1/controllerrevisions": "ControllerRevision",
  "/apis/batch/v1/jobs": "Job",
  "/apis/batch/v1/cronjobs": "CronJob",
};

/** What the API server answers to a GET. */
export function answerTo(
  { pathname, searchParams }: URL,
  objects: ReadonlyMap<string, readonly KubernetesObject[]>,
  refusals: ReadonlyMap<string, FakeRefusal>,
): Answer {
  const kind = KINDS[pathname];
  const refusal = refusals.get(pathname);
  if (kind === undefined || refusal?.kind === "missing")
    return { status: 404, body: "404 page not found\n" };
  const resource = pathname.slice(pathname.lastIndexOf("/") + 1);
  const from = searchParams.get("continue");
  switch (refusal?.kind) {
    case "forbidden":
      return failure(
        403,
        "Forbidden",
        `${resource} is forbidden: User "someone" cannot list resource "${resource}" at the cluster scope`,
      );
    case "body":
      return { status: 200, body: refusal.body };
    case "busy":
      if (refusal.times-- > 0)
        return {
          ...failure(429, "TooManyRequests", "the server has received too many requests"),
          headers: { "retry-after": "1" },
        };
      break;
    case "expired":
      if (from !== null && refusal.times-- > 0)
        return failure(410, "Expired", "The provided continue parameter is too old", {
          continue: tokenFor(0),
        });
      break;
    case undefined:
      break;
    default:
      refusal satisfies never;
  }
  return page(kind, pathname, objects.get(pathname) ?? [], searchParams);
}

/** "Retrieving large results sets in chunks" of the API concepts. */
function page(
  kind: string,
  pathname: string,
  all: readonly KubernetesObject[],
  query: URLSearchParams,
): Answer {
  const limit = Number(query.get("limit") ?? "0");
  const from = query.get("continue");
  const start = from === null ? 0 : (JSON.parse(atob(from)) as { start: number }).start;
  const end = limit === 0 ? all.length : start + limit;
  const rest = all.length - end;
  return {
    status: 200,
    body: {
      kind: `${kind}List`,
      apiVersion: pathname.startsWith("/api/") ? "v1" : pathname.split("/").slice(2, 4).join("/"),
      metadata: {
        resourceVersion: "10245",
        ...(rest > 0 ? { continue: tokenFor(end), remainingItemCount: rest } : {}),
      },
      items: all.length === 0 ? null : all.slice(start, end),
    },
  };
}

function tokenFor(start: number): string {
  return btoa(JSON.stringify({ v: "meta.k8s.io/v1", rv: 10245, start }));
}

/** `meta/v1 Status`. */
export function failure(code: number, reason: string, message: string, metadata = {}): Answer {
  return {
    status: code,
    body: { kind: "Status", apiVersion: "v1", metadata, status: "Failure", message, reason, code },
  };
}
