import { basename } from "node:path";

import { formatReference, parseBareReference } from "../oci/reference.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The annotations that name an entry of index.json. */
export const NAME_ANNOTATIONS: readonly string[] = [REF_NAME, CONTAINERD_NAME];

/** What an entry of index.json is called. `unclear`: it has a name, which is no reference. */
export interface EntryName {
  /** `registry/repository:tag`. */
  readonly reference?: string;
  /** `registry/repository@digest`. */
  readonly repoDigest?: string;
  readonly unclear?: string;
}

/**
 * Reads the name of an entry. Docker and containerd write the full name into their own annotation, and only the tag into
 * the specification's; others write either into the latter. A tag alone is completed by the directory's name, under the
 * host `localhost` as local builds are named elsewhere, so that it is never taken for an image of a registry.
 */
export function readEntryName(
  annotations: Readonly<Record<string, string>>,
  root: string,
): EntryName {
  const name = annotations[CONTAINERD_NAME] || annotations[REF_NAME];
  if (name === undefined || name === "") return {};
  if (TAG.test(name)) return { reference: `localhost/${repositoryOfDirectory(root)}:${name}` };

  const reference = parseBareReference(name);
  if ("kind" in reference) return { unclear: name };
  const { digest, tag, ...repository } = reference;
  if (tag === undefined && digest === undefined)
    return { reference: formatReference({ ...repository, tag: "latest" }) };
  return {
    ...(tag === undefined ? {} : { reference: formatReference({ ...repository, tag }) }),
    ...(digest === undefined ? {} : { repoDigest: formatReference({ ...repository, digest }) }),
  };
}

/** The annotations that give an entry a name: the opposite of `readEntryName`. */
export function annotationsFor(reference: string, root: string): Readonly<Record<string, string>> {
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  const byTag = { [REF_NAME]: tag };
  return readEntryName(byTag, root).reference === reference
    ? byTag
    : { [CONTAINERD_NAME]: reference, ...byTag };
}

/** The directory's name as a repository may be called. */
function repositoryOfDirectory(root: string): string {
  const words = basename(root)
    .toLowerCase()
    .match(/[a-z0-9]+(?:[._-][a-z0-9]+)*/g);
  return words === null ? "layout" : words.join("-");
}
