import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import type { ForeignHost, ForeignUser } from "./foreign-use.ts";

/** Writes down what a host or a cluster holds and uses, each use once however often it is met. */
export class UseBook {
  readonly #digests = new Map<Digest, Map<string, ForeignUser>>();
  readonly #names = new Map<string, Map<string, ForeignUser>>();

  /** What cannot be a registry's word for an image is left out. */
  hold(digest: Digest, users: readonly ForeignUser[]): void {
    if (isVerifiableDigest(digest)) add(this.#digests, digest, users);
  }

  /** `repository@digest`, or a digest alone; of a text that has none nothing is known. */
  holdDigest(text: string, user: ForeignUser): void {
    const digest = digestIn(text);
    if (digest !== undefined) this.hold(digest, [user]);
  }

  /** By the digest in it; without one by its name, which means whatever its tag means when it is started again. */
  holdReference(text: string, user: ForeignUser): void {
    const digest = digestIn(text);
    const reference = digest === undefined ? tagIn(text) : undefined;
    if (digest !== undefined) this.hold(digest, [user]);
    if (reference !== undefined) add(this.#names, reference, [user]);
  }

  toHost(name: string, complete: boolean, problems: readonly string[]): ForeignHost {
    return {
      name,
      complete,
      problems,
      digests: sorted(this.#digests).map(([digest, users]) => ({ digest, users })),
      names: sorted(this.#names).map(([reference, users]) => ({ reference, users })),
    };
  }
}

/** `sha256:…`, or what stands behind the `@` of a reference. */
export function digestIn(text: string): Digest | undefined {
  const digest = text.slice(text.lastIndexOf("@") + 1);
  return isVerifiableDigest(digest) ? digest : undefined;
}

function tagIn(text: string): string | undefined {
  const reference = parseReference(text);
  if ("kind" in reference) return undefined;
  const { registry, repository, tag = "latest" } = reference;
  return formatReference({ registry, repository, tag });
}

function add<Key>(
  all: Map<Key, Map<string, ForeignUser>>,
  key: Key,
  users: readonly ForeignUser[],
): void {
  const known = all.get(key) ?? new Map<string, ForeignUser>();
  all.set(key, known);
  for (const user of users) known.set(`${user.name} ${user.kind} ${user.state}`, user);
}

/** In the order of texts, so that which answer came first changes nothing. */
function sorted(
  all: ReadonlyMap<string, ReadonlyMap<string, ForeignUser>>,
): readonly (readonly [string, readonly ForeignUser[]])[] {
  const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
    a < b ? -1 : 1;
  return [...all]
    .toSorted(byText)
    .map(([key, users]) => [key, [...users].toSorted(byText).map(([, user]) => user)]);
}
