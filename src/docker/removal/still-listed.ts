import type { Digest } from "../../oci/digest.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import type { ImageIndex } from "./image-index.ts";
import { eachInParallel } from "../../concurrency/each-in-parallel.ts";
import { normaliseId } from "../read-names.ts";

/** The engine's work for one such look grows with its number of images, and does not run wide. */
const LOOKS_IN_FLIGHT = 8;

/**
 * Which of these images are there, hidden ones included. The containerd store is never asked for its whole list, which
 * takes it ten milliseconds an image.
 */
export async function imageIdsThere(
  client: EngineClient,
  ids: readonly Digest[],
  options: { readonly imageStore: "graphdriver" | "containerd"; readonly imageIndex?: ImageIndex },
): Promise<readonly Digest[]> {
  if (ids.length === 0) return [];
  if (options.imageStore === "graphdriver") {
    const listed = await listImageIds(client);
    return ids.filter((id) => listed.has(id));
  }
  const { imageIndex } = options;
  if (imageIndex !== undefined) {
    const found = await Promise.all(ids.map((id) => imageIndex.lookup(id)));
    return ids.filter((_, i) => found[i] !== undefined);
  }
  const there = new Set(await listImageIds(client, { dangling: ["true"] }));
  const unseen = ids.filter((id) => !there.has(id));
  await eachInParallel(unseen, { limit: LOOKS_IN_FLIGHT }, async (id) => {
    if (await exists(client, id)) there.add(id);
  });
  return ids.filter((id) => there.has(id));
}

/** IDs of all images that match, intermediate ones included. */
export async function listImageIds(
  client: EngineClient,
  filters?: Readonly<Record<string, readonly string[]>>,
): Promise<ReadonlySet<Digest>> {
  const query = { all: 1, filters };
  const images = await client.getJson<readonly { readonly Id?: string }[] | null>("/images/json", {
    query,
  });
  return new Set((images ?? []).flatMap(({ Id }) => normaliseId(Id) ?? []));
}

async function exists(client: EngineClient, id: Digest): Promise<boolean> {
  try {
    await client.getJson(imagePath(id, "/json"));
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.kind === "not-found") return false;
    throw error;
  }
}
