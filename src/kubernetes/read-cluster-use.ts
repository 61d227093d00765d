import type { ForeignHost, ForeignUser } from "../inventory/foreign-use.ts";
import { UseBook } from "../inventory/use-book.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { ClusterError } from "./cluster-error.ts";
import { at, CLUSTER_RESOURCES, type ClusterResource } from "./cluster-resources.ts";
import { listAll } from "./list-all.ts";
import { imagesOfPodSpec, imagesOfPodStatus } from "./pod-images.ts";

/** A list that was not read whole. */
interface Failure {
  readonly kind: ClusterResource["kind"];
  readonly error: ClusterError;
}

/** What a cluster uses, and would use again. What it does not let be listed makes the answer incomplete. */
export async function readClusterUse(
  name: string,
  client: Pick<ClusterClient, "get">,
  signal: AbortSignal,
): Promise<ForeignHost> {
  const book = new UseBook();
  const failures: Failure[] = [];
  await Promise.all(
    CLUSTER_RESOURCES.map(async (resource) => {
      try {
        const note = (object: JsonObject): void => noteObject(book, resource, object);
        await listAll(client, resource.path, note, signal);
      } catch (error) {
        if (!(error instanceof ClusterError) || error.kind === "aborted") throw error;
        failures.push({ kind: resource.kind, error });
      }
    }),
  );
  return book.toHost(name, failures.length === 0, sayFailures(failures));
}

function noteObject(book: UseBook, { kind, podSpecs }: ClusterResource, object: JsonObject): void {
  const { metadata, status } = object;
  const phase = at(status, "phase");
  const user: ForeignUser = {
    kind,
    name: `${String(at(metadata, "namespace"))}/${String(at(metadata, "name"))}`,
    state: kind === "pod" && typeof phase === "string" ? phase.toLowerCase() : "",
  };
  const named = podSpecs(object).flatMap(imagesOfPodSpec);
  const ran = kind === "pod" ? imagesOfPodStatus(status) : [];
  for (const image of named) book.holdReference(image, user);
  for (const image of ran) book.holdDigest(image, user);
}

/** A sentence for what went wrong, with all lists that it went wrong with. */
function sayFailures(failures: readonly Failure[]): readonly string[] {
  const forbidden = failures.filter(({ error }) => error.kind === "forbidden");
  const others = failures.filter(({ error }) => error.kind !== "forbidden");
  const kindsOf = (some: readonly Failure[]): string =>
    some
      .map(({ kind }) => `${kind}s`)
      .toSorted()
      .join(", ");
  const groups = Map.groupBy(others, ({ error }) => error.message);
  return [
    ...(forbidden.length === 0
      ? []
      : [`this user may not list ${kindsOf(forbidden)} of all namespaces (403)`]),
    ...[...groups].map(([message, some]) =>
      some.length === CLUSTER_RESOURCES.length ? message : `${kindsOf(some)}: ${message}`,
    ),
  ].toSorted();
}
