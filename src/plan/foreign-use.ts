import {
  clusterContext,
  type ForeignHost,
  type ForeignUse,
  type ForeignUser,
} from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { RULES, type Reason } from "./reason.ts";

/** Uses that are named, of one image. */
const NAMED_AT_MOST = 3;

/** What hosts elsewhere hold or use of the images of a registry, and what cannot be told about that. */
export interface UsedElsewhere {
  /** Which hosts hold an image, by its position. */
  readonly at: ReadonlyMap<number, readonly Held[]>;
  /** Why a name may be needed where it stands, although the image has others. */
  readonly whyNeeded: (reference: string) => string | undefined;
  /** Why any image may be in use: a host did not answer. */
  readonly unknown: string | undefined;
}

const NOT_ASKED: UsedElsewhere = {
  at: new Map(),
  whyNeeded: () => undefined,
  unknown: undefined,
};

/** One host's word on an image; without users it is only present there. */
export interface Held {
  readonly host: string;
  readonly users: readonly ForeignUser[];
}

/**
 * Finds what hosts hold. An image of a registry stands on its own digest, its configuration, and for an index all that it
 * lists: whoever has one of these has it, or a part of it. Digests and tags count wherever they were pulled from, for one
 * registry may have several host names.
 */
export function usedElsewhere(
  { images, target }: Inventory,
  foreign: ForeignUse | undefined,
): UsedElsewhere {
  if (foreign === undefined || target.kind !== "registry") return NOT_ASKED;
  const held = new Map<string, Held[]>();
  for (const { name: host, digests, names } of foreign.hosts) {
    for (const { digest, users } of digests) add(held, digest, { host, users });
    for (const { reference, users } of names) add(held, pathOf(reference), { host, users });
  }
  const at = new Map<number, readonly Held[]>();
  images.forEach((image, position) => {
    const found = keysOf(image).flatMap((key) => held.get(key) ?? []);
    if (found.length > 0) at.set(position, found);
  });
  const unknown = saySilent(foreign.hosts);
  const whyNeeded = (reference: string): string | undefined => {
    const byName = held.get(pathOf(reference));
    return byName === undefined ? unknown : heldReason(byName).detail;
  };
  return { at, whyNeeded, unknown };
}

/** Why an image stays that hosts hold. */
export function heldReason(held: readonly Held[]): Reason {
  const uses = sayUsesElsewhere(held);
  const detail =
    uses.length > 0
      ? `used by ${few(uses)}`
      : `present ${few(held.map(({ host }) => `on ${sayHost(host)}`))}`;
  return { rule: RULES.inUse, detail };
}

/** `running container web on host build-1`, each once, in the order of their texts. */
export function sayUsesElsewhere(held: readonly Held[]): readonly string[] {
  const uses = held.flatMap(({ host, users }) => users.map((user) => sayUser(user, host)));
  return [...new Set(uses)].toSorted();
}

/** What a plan for a registry says of the hosts that it asked; nothing where the policy wants none asked (`inUseOn: []`). */
export function noteOfHosts(
  { target }: Inventory,
  inUseOn: readonly string[] | undefined,
  foreign: ForeignUse | undefined,
): readonly string[] {
  if (foreign === undefined)
    return target.kind === "registry" && inUseOn?.length !== 0 ? [NOBODY_ASKED] : [];
  const silent = saySilent(foreign.hosts);
  if (silent !== undefined) return [`nothing goes: ${silent}; ${WHO_IS_ASKED}`];
  const named = foreign.hosts.map(({ name }) => name).join(", ");
  return [`what these hosts hold or use stays: ${named}`];
}

const WHO_IS_ASKED = "a policy file names the hosts (targets, inUseOn)";
const NOBODY_ASKED = `no host was asked what it uses of this registry: ${WHO_IS_ASKED}`;

export function sayHost(name: string): string {
  return clusterContext(name) === undefined ? `host ${name}` : name;
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
  return [...new Set([id.slice(id.lastIndexOf("@") + 1), ...blobs, ...references.map(pathOf)])];
}

/** `/repository:tag` of a normalised reference. */
function pathOf(reference: string): string {
  return reference.slice(reference.indexOf("/"));
}

function sayUser({ kind, name, state }: ForeignUser, host: string): string {
  const stated = state === "" ? "" : `${state} `;
  const where = `on ${sayHost(host)}`;
  return kind === "mount"
    ? `an image mount of ${stated}container ${name} ${where}`
    : `${stated}${kind} ${name} ${where}`;
}

function few(texts: readonly string[]): string {
  const all = [...new Set(texts)].toSorted();
  const rest = all.length - NAMED_AT_MOST;
  return `${all.slice(0, NAMED_AT_MOST).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
