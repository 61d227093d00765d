import type { Digest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import type { Inventory } from "./inventory.ts";
import { TextSieve } from "./text-sieve.ts";

/** The images that a text means: an ID (12 digits or more), a name, a digest, or an index by one of its manifests. */
export type ImageLookup = (text: string) => readonly Digest[];

const SHORT_ID = /^(?:sha256:)?([a-f0-9]{12,63})$/;

/**
 * Finds what each of `texts` means, in one pass over the images; other texts mean nothing to the lookup. A name with a
 * digest means the image with that digest and, to be safe, the one that bears the name: what uses either keeps it.
 */
export function createImageLookup(
  inventory: Pick<Inventory, "images">,
  texts: readonly string[],
): ImageLookup {
  const byKey = new Map<string, Digest[]>();
  const byPrefix = new Map<string, Digest[]>();
  for (const text of texts) {
    for (const key of keysOf(text)) byKey.set(key, []);
    const prefix = prefixOf(text);
    if (prefix !== undefined) byPrefix.set(prefix, []);
  }
  // Nearly all names of a large inventory are asked for by nothing.
  const sieve = new TextSieve(byKey);
  const put = (key: string, id: Digest): void => {
    if (!sieve.mayHave(key)) return;
    const known = byKey.get(key);
    if (known !== undefined && !known.includes(id)) known.push(id);
  };
  for (const { id, references, repoDigests, children } of inventory.images) {
    put(id, id);
    if (byPrefix.size > 0) byPrefix.get(id.slice(0, PREFIX_LENGTH))?.push(id);
    for (const reference of references) put(reference, id);
    for (const name of repoDigests) {
      put(name, id);
      put(name.slice(name.indexOf("@") + 1), id);
    }
    for (const child of children ?? []) put(child, id);
  }
  return (text) => {
    const found = new Set(keysOf(text).flatMap((key) => byKey.get(key) ?? []));
    if (found.size > 0) return [...found];
    const short = `sha256:${SHORT_ID.exec(text)?.[1] ?? ""}`;
    return (byPrefix.get(prefixOf(text) ?? "") ?? []).filter((id) => id.startsWith(short));
  };
}

const PREFIX_LENGTH = "sha256:".length + 12;

function prefixOf(text: string): string | undefined {
  const hex = SHORT_ID.exec(text)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`.slice(0, PREFIX_LENGTH);
}

/**
 * The exact IDs, digests and normalised names that a text may stand for. The text itself is one of them: an ID of another
 * algorithm than SHA-256 reads like a name with a tag.
 */
function keysOf(text: string): readonly string[] {
  if (text === "") return [];
  if (/^[a-f0-9]{64}$/.test(text)) return [`sha256:${text}`];
  if (/^sha256:[a-f0-9]{64}$/.test(text)) return [text];
  const reference = parseReference(text);
  if ("kind" in reference) return [text];
  const { digest, tag, registry, repository } = reference;
  const names = tag === undefined ? [text] : [text, formatReference({ registry, repository, tag })];
  return digest === undefined
    ? names
    : [...names, formatReference({ registry, repository, digest }), digest];
}
