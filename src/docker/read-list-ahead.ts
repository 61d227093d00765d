import type { FactsCache } from "../ports/facts-cache.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { listImages, type ListedImage } from "./read-image-list.ts";

const SCOPE = "list of images";
const NEEDED = JSON.stringify("needed");
const SPARED = JSON.stringify("spared");

/** A list of images that may have been asked for already. */
export interface ListAhead {
  /** The list; asked for now unless it was. */
  take(): Promise<readonly ListedImage[]>;
  /** It is not wanted now; a later `take` asks anew. */
  drop(): void;
  /** Ends what was asked for and never taken; the next command asks early if this one needed the list. */
  close(): void;
}

/**
 * Asks for the list before it is known what kind of engine this is, where the engine at that address had a graphdriver
 * the last time and the list was needed: it is what a command waits for. Never else: on a containerd store it is costly,
 * and often not needed.
 */
export function listAhead(client: EngineClient, cache: FactsCache, signal: AbortSignal): ListAhead {
  const stop = new AbortController();
  const known = cache.read(SCOPE, [client.address]).get(client.address);
  let early =
    known === NEEDED
      ? awaitedLater(listImages(client, AbortSignal.any([signal, stop.signal])))
      : undefined;
  let isNeeded = false;
  let isCostly = false;
  return {
    take() {
      isNeeded = true;
      return early ?? listImages(client, signal);
    },
    drop() {
      isCostly = true;
      early = undefined;
      stop.abort();
    },
    close() {
      if (!isNeeded) stop.abort();
      const found = isNeeded && !isCostly ? NEEDED : SPARED;
      if (found !== known) cache.write(SCOPE, new Map([[client.address, found]]));
    },
  };
}

/** For what is begun now and awaited later: should something else fail first, its own failure is nobody's surprise. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
