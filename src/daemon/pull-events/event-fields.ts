import { isVerifiableDigest, type Digest } from "../../oci/digest.ts";

/** What is wrong with a message; nothing of it is taken down then. */
export class MalformedEvent extends Error {
  override readonly name = "MalformedEvent";
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fieldsAt(value: Fields, key: string): Fields {
  const found = value[key];
  if (!isFields(found)) throw new MalformedEvent(`${key} is no object`);
  return found;
}

export function textAt(value: Fields, key: string): string {
  const found = value[key];
  if (typeof found !== "string" || found === "") throw new MalformedEvent(`${key} is no text`);
  return found;
}

export function digestAt(value: Fields, key: string): Digest {
  const found = textAt(value, key);
  if (!isVerifiableDigest(found)) throw new MalformedEvent(`${key} is no digest`);
  return found;
}

/** As RFC 3339 in UTC; never later than `now`, which it is where it cannot be told. */
export function momentAt(time: unknown, now: string): string {
  const toldMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(toldMs) || toldMs > Date.parse(now) ? now : new Date(toldMs).toISOString();
}

/** Whether a user is one of those; who is not told is none of them. */
export function isOneOf(user: unknown, users: readonly string[] = []): boolean {
  return typeof user === "string" && users.includes(user);
}
