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
import { isScanner } from "./known-scanners.ts";
import type { ReadOptions, Told } from "./told.ts";

/** What layers and configurations are pulled as. */
const BLOB = "application/octet-stream";

/**
 * An envelope of distribution's notifications (https://distribution.github.io/distribution/about/notifications/#events). A
 * pull by tag tells the digest that the tag meant.
 */
export function readDistribution(
  { events }: Fields,
  { now, registry, ignoredAgents, ignoredUsers }: ReadOptions,
): Told {
  if (!Array.isArray(events)) throw new MalformedEvent("events is no list");
  const registries = new Set<string>();
  const pulls: Pull[] = [];
  for (const event of events) {
    if (!isFields(event)) throw new MalformedEvent("an event is no object");
    const action = textAt(event, "action");
    const request = fieldsAt(event, "request");
    const host = registry ?? textAt(request, "host");
    registries.add(host);
    if (action !== "pull" || request["method"] === "HEAD") continue;
    const target = fieldsAt(event, "target");
    if (target["mediaType"] === BLOB) continue;
    const userAgent = request["useragent"];
    if (typeof userAgent === "string" && isScanner(userAgent, ignoredAgents)) continue;
    const { actor } = event;
    if (isFields(actor) && isOneOf(actor["name"], ignoredUsers)) continue;
    pulls.push({
      registry: host,
      repository: textAt(target, "repository"),
      digest: digestAt(target, "digest"),
      at: momentAt(event["timestamp"], now),
    });
  }
  return { registries: [...registries], pulls };
}
