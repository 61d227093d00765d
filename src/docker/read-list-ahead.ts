import type { FactsCache } from "../ports/facts-cache.ts";
import type { EngineClient } from "./engine-client.ts";
import { listImages, type ListedImage } from "./read-image-list.ts";

const SCOPE = "image store";

/** A list of images that may have been asked for already. */
export interface ListAhead {
  /** The list; asked for now unless it was. */
  take(): Promise<readonly ListedImage[]>;
  /** It is not wanted now; a later `take` asks anew. */
  drop(): void;
}

/**
 * Asks for the list before it is known what kind of engine this is, where the engine at that address had a graphdriver
 * the last time: the list is what a command waits for. Never else: on a containerd store it is costly, and not needed.
 */
export function listAhead(client: EngineClient, cache: FactsCache, signal: AbortSignal): ListAhead {
  const stop = new AbortController();
  const knownAs = cache.read(SCOPE, [client.address]).get(client.address);
  let asked =
    knownAs === JSON.stringify("graphdriver")
      ? awaitedLater(listImages(client, AbortSignal.any([signal, stop.signal])))
      : undefined;
  return {
    take: () => asked ?? listImages(client, signal),
    drop() {
      asked = undefined;
      stop.abort();
    },
  };
}

/** Remembers the kind for the next command. */
export function rememberImageStore(
  client: EngineClient,
  cache: FactsCache,
  imageStore: "graphdriver" | "containerd",
): void {
  const known = cache.read(SCOPE, [client.address]).get(client.address);
  const text = JSON.stringify(imageStore);
  if (known !== text) cache.write(SCOPE, new Map([[client.address, text]]));
}

/** For what is begun now and awaited later: should something else fail first, its own failure is nobody's surprise. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
