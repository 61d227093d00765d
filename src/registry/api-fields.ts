import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import type { ApiObject } from "./vendor-api.ts";

export function textIn(object: ApiObject, field: string): string | undefined {
  const value = object[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function digestIn(object: ApiObject, field: string): Digest | undefined {
  const value = textIn(object, field);
  return value !== undefined && isVerifiableDigest(value) ? value : undefined;
}

/** What a field holds of a document that may be none. */
export function fieldIn(document: unknown, field: string): unknown {
  return (document as ApiObject | null | undefined)?.[field];
}

/** Objects of a list that may be absent or `null`. */
export function objectsIn(object: ApiObject, field: string): readonly ApiObject[] {
  const list = object[field];
  if (!Array.isArray(list)) return [];
  return list.filter((each): each is ApiObject => typeof each === "object" && each !== null);
}

/** RFC 3339 in UTC; undefined for what is no time, and for the zero of a language, which means that there is none. */
export function timeIn(object: ApiObject, field: string): string | undefined {
  const atMs = Date.parse(textIn(object, field) ?? "");
  return Number.isNaN(atMs) || atMs <= 0 ? undefined : new Date(atMs).toISOString();
}

/** As `timeIn`, of seconds since the epoch. */
export function secondsIn(object: ApiObject, field: string): string | undefined {
  const seconds = object[field];
  return typeof seconds === "number" && seconds > 0 && seconds < 1e11
    ? new Date(seconds * 1000).toISOString()
    : undefined;
}

/** The latest of those that are known. */
export function latestOf(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce(
    (latest, time) =>
      time !== undefined && (latest === undefined || time > latest) ? time : latest,
    undefined,
  );
}
