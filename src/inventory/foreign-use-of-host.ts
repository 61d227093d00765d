import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import type { ForeignHost, ForeignUser } from "./foreign-use.ts";
import type { Image } from "./image.ts";
import { imageUse, type Use } from "./image-use.ts";
import type { Inventory, Unread } from "./inventory.ts";
import type { Container } from "./resources.ts";

/** What could be using an image unseen while it is unread. */
const TELLING: readonly Unread[] = ["images", "containers", "services"];

/**
 * Everything by which a registry could know what a host holds and uses: digests that images were pulled by, their own IDs (a
 * manifest in the containerd store, a configuration elsewhere), what containers run although its image has lost its name,
 * and what current and previous specifications of services name.
 */
export function foreignUseOfHost(name: string, inventory: Inventory): ForeignHost {
  const digests = new Map<Digest, ForeignUser[]>();
  const names = new Map<string, ForeignUser[]>();
  const hold = (digest: Digest, users: readonly ForeignUser[]): void => {
    if (isVerifiableDigest(digest)) addUsers(digests, digest, users);
  };
  const uses = imageUse(inventory);
  for (const image of inventory.images)
    for (const digest of digestsOf(image)) hold(digest, (uses.get(image.id) ?? []).map(userOf));
  for (const container of inventory.containers) {
    const user: ForeignUser = { kind: "container", name: container.name, state: container.state };
    for (const digest of digestsOfContainer(container)) hold(digest, [user]);
    for (const mount of container.imageMounts) {
      const digest = digestIn(mount);
      if (digest !== undefined) hold(digest, [{ ...user, kind: "mount" }]);
    }
  }
  for (const service of inventory.services) {
    const user: ForeignUser = { kind: "service", name: service.name, state: "" };
    for (const text of service.images) {
      const digest = digestIn(text);
      const reference = tagIn(text);
      if (digest !== undefined) hold(digest, [user]);
      else if (reference !== undefined) addUsers(names, reference, [user]);
    }
  }
  return {
    name,
    complete: !TELLING.some((part) => inventory.unread.includes(part)),
    problems: inventory.problems,
    digests: [...digests]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, users]) => ({ digest, users: users.toSorted(byText) })),
    names: [...names]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([reference, users]) => ({ reference, users: users.toSorted(byText) })),
  };
}

function addUsers<Key>(
  all: Map<Key, ForeignUser[]>,
  key: Key,
  users: readonly ForeignUser[],
): void {
  const known = all.get(key) ?? [];
  all.set(key, known);
  for (const user of users)
    if (!known.some((other) => textOf(other) === textOf(user))) known.push(user);
}

function digestsOf({ id, repoDigests, children = [] }: Image): readonly Digest[] {
  return [id, ...repoDigests.flatMap((name) => digestIn(name) ?? []), ...children];
}

function digestsOfContainer({ imageId, manifestDigest, image }: Container): readonly Digest[] {
  const named = digestIn(image);
  return [
    imageId,
    ...(manifestDigest === undefined ? [] : [manifestDigest]),
    ...(named === undefined ? [] : [named]),
  ];
}

/** `sha256:…`, or what stands behind the `@` of a reference. */
function digestIn(text: string): Digest | undefined {
  const digest = text.slice(text.lastIndexOf("@") + 1);
  return isVerifiableDigest(digest) ? digest : undefined;
}

function tagIn(text: string): string | undefined {
  const reference = parseReference(text);
  if ("kind" in reference) return undefined;
  const { registry, repository, tag = "latest" } = reference;
  return formatReference({ registry, repository, tag });
}

function userOf({ kind, name, state }: Use): ForeignUser {
  return { kind, name, state };
}

function textOf({ kind, name, state }: ForeignUser): string {
  return `${name} ${kind} ${state}`;
}

function byText(a: ForeignUser, b: ForeignUser): number {
  return textOf(a) < textOf(b) ? -1 : 1;
}
