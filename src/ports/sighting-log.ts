/** What was seen of an image now: `usedAt` is the latest moment at which a container is known to have used it. */
export interface Sighting {
  readonly imageId: string;
  readonly usedAt?: string;
}

/** What is remembered of an image. Times are RFC 3339, UTC. */
export interface Remembered {
  readonly firstSeenAt: string;
  readonly lastUsedAt?: string;
}

/** Remembers when images were first seen on a target and last used there: engines do not. */
export interface SightingLog {
  /**
   * Records what is there now and answers what is remembered of each. Images that are not among the sightings any more
   * are forgotten: one that comes back has arrived anew. Where the list may lack some, `mayBeUnseen` tells by ID which of
   * those stay remembered.
   */
  record(
    targetKey: string,
    sightings: readonly Sighting[],
    now: string,
    mayBeUnseen?: (imageId: string) => boolean,
  ): ReadonlyMap<string, Remembered>;
}
