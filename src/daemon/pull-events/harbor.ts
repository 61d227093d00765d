import type { Pull } from "../../ports/pull-log.ts";
import {
  digestAt,
  fieldsAt,
  isFields,
  isOneOf,
  MalformedEvent,
  momentAt,
  textAt,
  type Fields,
} from "./event-fields.ts";
import type { ReadOptions, Told } from "./told.ts";

const PULLS = new Set(["PULL_ARTIFACT", "harbor.artifact.pulled"]);

/**
 * A webhook of Harbor, in its own form or as a CloudEvent
 * (https://goharbor.io/docs/2.12.0/working-with-projects/project-configuration/configure-webhooks/). It tells no user agent:
 * a scan by Harbor's own scanner is no pull there, any other is one unless its user is left out.
 */
export function readHarbor(message: Fields, { now, registry, ignoredUsers }: ReadOptions): Told {
  const isCloudEvent = "specversion" in message;
  const data = fieldsAt(message, isCloudEvent ? "data" : "event_data");
  const at = momentAt(isCloudEvent ? message["time"] : fromSeconds(message["occur_at"]), now);
  const type = textAt(message, "type");
  const resources = data["resources"] ?? [];
  if (!Array.isArray(resources)) throw new MalformedEvent("resources is no list");
  const registries = new Set<string>(registry === undefined ? [] : [registry]);
  const pulls: Pull[] = [];
  for (const resource of resources) {
    if (!isFields(resource)) throw new MalformedEvent("a resource is no object");
    const host = registry ?? hostOf(resource);
    if (host !== undefined) registries.add(host);
    if (!PULLS.has(type) || isOneOf(message["operator"], ignoredUsers)) continue;
    if (host === undefined) throw new MalformedEvent("resource_url is no text");
    const repository = textAt(fieldsAt(data, "repository"), "repo_full_name");
    pulls.push({ registry: host, repository, digest: digestAt(resource, "digest"), at });
  }
  return { registries: [...registries], pulls };
}

/** `host[:port]/project/repository:tag`. */
function hostOf({ resource_url: url }: Fields): string | undefined {
  const host = typeof url === "string" ? url.slice(0, url.indexOf("/")) : "";
  return host === "" ? undefined : host;
}

function fromSeconds(seconds: unknown): string | undefined {
  return typeof seconds === "number" && Math.abs(seconds) < 1e11
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}
