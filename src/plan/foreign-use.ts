import type { ForeignHost, ForeignUse, ForeignUser } from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { RULES, type Reason } from "./reason.ts";

/** Uses that are named, of one image. */
const NAMED_AT_MOST = 3;

/** What hosts elsewhere hold or use of the images of a registry, and what cannot be told about that. */
export interface UsedElsewhere {
  /** Why an image stays for a host, by position. */
  readonly at: ReadonlyMap<number, Reason>;
  /** Why any image may be in use: a host did not answer. */
  readonly unknown: string | undefined;
}

const NOT_ASKED: UsedElsewhere = { at: new Map(), unknown: undefined };

interface Held {
  readonly host: string;
  readonly users: readonly ForeignUser[];
}

/**
 * Finds what hosts hold. An image of a registry stands on its own digest, its configuration, and for an index all that it
 * lists: whoever has one of these has it, or a part of it. Digests count wherever they were pulled from, for one registry may
 * have several host names.
 */
export function usedElsewhere(
  { images, target }: Inventory,
  foreign: ForeignUse | undefined,
): UsedElsewhere {
  if (foreign === undefined || target.kind !== "registry") return NOT_ASKED;
  const held = new Map<string, Held[]>();
  for (const { name: host, digests, names } of foreign.hosts) {
    for (const { digest, users } of digests) add(held, digest, { host, users });
    for (const { reference, users } of names) add(held, reference, { host, users });
  }
  const at = new Map<number, Reason>();
  images.forEach((image, position) => {
    const found = keysOf(image).flatMap((key) => held.get(key) ?? []);
    if (found.length > 0) at.set(position, { rule: RULES.inUse, detail: sayHeld(found) });
  });
  return { at, unknown: saySilent(foreign.hosts) };
}

/** What a plan says of the hosts that it asked. */
export function sayAsked({ hosts }: ForeignUse): string {
  const silent = saySilent(hosts);
  if (silent !== undefined) return `nothing goes: ${silent}`;
  const named = hosts.map(({ name }) => name).join(", ");
  return `what these hosts hold or use stays: ${named}`;
}

function saySilent(hosts: readonly ForeignHost[]): string | undefined {
  const silent = hosts.filter(({ complete }) => !complete);
  if (silent.length === 0) return undefined;
  const named = silent.map(({ name, problems: [problem] }) =>
    problem === undefined ? name : `${name} (${problem})`,
  );
  return `it cannot be told what is in use on ${named.join(", ")}`;
}

function add(held: Map<string, Held[]>, key: string, holding: Held): void {
  const known = held.get(key);
  if (known) known.push(holding);
  else held.set(key, [holding]);
}

function keysOf({ id, blobs, references }: Image): readonly string[] {
  return [...new Set([id.slice(id.lastIndexOf("@") + 1), ...blobs, ...references])];
}

/** Names uses first; where nothing uses it, the hosts that have it. */
function sayHeld(found: readonly Held[]): string {
  const uses = found.flatMap(({ host, users }) => users.map((user) => sayUser(user, host)));
  if (uses.length > 0) return `used by ${few(uses)}`;
  return `present on ${few(found.map(({ host }) => `host ${host}`))}`;
}

function sayUser({ kind, name, state }: ForeignUser, host: string): string {
  if (kind === "service") return `service ${name} on host ${host}`;
  const container = `${state === "" ? "" : `${state} `}container ${name} on host ${host}`;
  return kind === "mount" ? `an image mount of ${container}` : container;
}

function few(texts: readonly string[]): string {
  const all = [...new Set(texts)].toSorted();
  const rest = all.length - NAMED_AT_MOST;
  return `${all.slice(0, NAMED_AT_MOST).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
