import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import { ClusterError } from "./cluster-error.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { at } from "./cluster-resources.ts";

const PAGE_SIZE = 500;
/** So often a list is begun anew whose next page the server does not have any more. */
const BEGINNINGS = 3;

/**
 * Hands over every object of a list, page by page. A `continue` token holds for some minutes (410 afterwards): then the list
 * is read from its beginning, for what the server offers instead is no list of one moment. Objects may come twice.
 */
export async function listAll(
  client: Pick<ClusterClient, "get">,
  path: string,
  onObject: (object: JsonObject) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await listOnce(client, path, onObject, signal);
    } catch (error) {
      const isExpired = error instanceof ClusterError && error.kind === "expired";
      if (!isExpired || beginning === BEGINNINGS) throw error;
    }
  }
}

async function listOnce(
  client: Pick<ClusterClient, "get">,
  path: string,
  onObject: (object: JsonObject) => void,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const query = { limit: String(PAGE_SIZE), ...(next === undefined ? {} : { continue: next }) };
    const page = await client.get(path, query, signal);
    for (const object of objectsOf(page, path)) onObject(object);
    next = nextOf(page);
    if (next !== undefined && seen.has(next))
      throw new ClusterError("bad-content", `${path} leads back to a page that was read`);
    if (next !== undefined) seen.add(next);
  } while (next !== undefined);
}

function objectsOf({ kind, items }: JsonObject, path: string): readonly JsonObject[] {
  const isList = typeof kind === "string" && kind.endsWith("List");
  // Go writes an empty list as null.
  const objects: unknown = items ?? [];
  if (!isList || !Array.isArray(objects) || !objects.every(isJsonObject))
    throw new ClusterError("bad-content", `${path} is no list`);
  return objects;
}

function nextOf({ metadata }: JsonObject): string | undefined {
  const next = at(metadata, "continue");
  return typeof next === "string" && next !== "" ? next : undefined;
}
