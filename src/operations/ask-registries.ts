import type { Image } from "../inventory/image.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { inTurns } from "./in-turns.ts";

/** Images that registries are asked about at once. */
const CONCURRENCY = 8;
/** A plan does not wait longer for registries: what has not answered by then is taken for not having the image. */
const PATIENCE_MS = 15_000;

/** By image ID the name by digest under which a registry has all of it now; what none has, or tells, is not there. */
export async function askRegistries(
  images: readonly Image[],
  openLookup: () => Promise<RegistryLookup>,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const lookup = await openLookup();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const either = AbortSignal.any([signal, patience]);
  let done = 0;
  try {
    await inTurns(images, CONCURRENCY, async (image) => {
      const name = await findIn(lookup, image, either).catch((error: unknown) => {
        if (!patience.aborted || signal.aborted) throw error;
        return undefined;
      });
      if (name !== undefined) found.set(image.id, name);
      done += 1;
      onProgress(done, images.length);
    });
  } finally {
    await lookup.close();
  }
  return found;
}

async function findIn(
  lookup: RegistryLookup,
  { id, repoDigests, platforms }: Image,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const repoDigest of repoDigests) {
    const answer = await lookup.ask({ id, repoDigest, platforms }, signal);
    if (answer.kind === "held") return repoDigest;
  }
  return undefined;
}
