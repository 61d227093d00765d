import type { EngineErrorKind } from "../engine-error.ts";

/** Docker 20.10. */
const OLDEST_API_VERSION = "1.41";
/** The newest version whose answers were tested; newer engines are spoken to in this one. */
const NEWEST_API_VERSION = "1.52";

/** Negative when `a` is older than `b`. Components compare as numbers: 1.9 is older than 1.41. */
export function compareApiVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isTested(version: string): boolean {
  const isOldEnough = compareApiVersions(version, NEWEST_API_VERSION) <= 0;
  return isOldEnough && compareApiVersions(version, OLDEST_API_VERSION) >= 0;
}

export interface VersionRange {
  readonly oldest: string;
  readonly newest: string;
}

export type Negotiated =
  | { readonly apiVersion: string }
  | { readonly mismatch: Extract<EngineErrorKind, "too-old" | "too-new">; readonly detail: string };

/**
 * The version to speak: the newest that both sides know, or the one asked for where both know it. Answers depend on the
 * version in the path, so one connection keeps to one version.
 */
export function negotiateApiVersion(engine: VersionRange, asked?: string): Negotiated {
  const engineRange = `the engine speaks API ${engine.oldest} to ${engine.newest}`;
  const ourRange = `Plimsoll speaks ${OLDEST_API_VERSION} to ${NEWEST_API_VERSION}`;
  if (compareApiVersions(engine.newest, OLDEST_API_VERSION) < 0) {
    return { mismatch: "too-old", detail: `${engineRange}, ${ourRange} (Docker 20.10 and later)` };
  }
  if (compareApiVersions(engine.oldest, NEWEST_API_VERSION) > 0) {
    return { mismatch: "too-new", detail: `${engineRange}, ${ourRange}` };
  }
  if (asked === undefined) {
    const newest =
      compareApiVersions(engine.newest, NEWEST_API_VERSION) < 0
        ? engine.newest
        : NEWEST_API_VERSION;
    return { apiVersion: newest };
  }
  const detail = `API ${asked} was asked for, but ${engineRange} and ${ourRange}`;
  for (const range of [engine, { oldest: OLDEST_API_VERSION, newest: NEWEST_API_VERSION }]) {
    if (compareApiVersions(asked, range.oldest) < 0) return { mismatch: "too-old", detail };
    if (compareApiVersions(asked, range.newest) > 0) return { mismatch: "too-new", detail };
  }
  return { apiVersion: asked };
}
