import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { reachableFrom, walkContent, type Content } from "./content-walk.ts";
import { openLayout, readIndexFile, type IndexEntry } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { readBlob } from "./read-blob.ts";
import { ownEntries } from "./recovery-records.ts";

/** A layout as it was when the first image of it was asked for. */
interface KnownLayout {
  readonly root: string;
  readonly entries: readonly IndexEntry[];
  readonly content: Content;
}

/**
 * Reads images of a layout, each with the manifests attached to it that nothing lists. The layout is looked through once:
 * what is attached to an image after that is too young to be swept with it.
 */
export function createLayoutContentReader(directory: string): Required<ImageContentReader> {
  const { signal: unhurried } = new AbortController();
  let known: Promise<KnownLayout> | undefined;
  const look = (): Promise<KnownLayout> => (known ??= lookThrough(directory, unhurried));

  return {
    async formOf(id) {
      const known = await look();
      const below = contentOf(known, id);
      for (const digest of below.keys()) {
        const problem = known.content.unknown.get(digest);
        if (problem !== undefined) throw incomplete(known.root, problem);
      }
      const attached = [...below.keys()].flatMap((digest) =>
        attachedTo(known, digest).map((each) => each.digest),
      );
      const form = { kind: "manifest", root: id } as const;
      return attached.length === 0 ? form : { ...form, attached };
    },

    async *readContent(id, _form, { isWanted, signal }) {
      const known = await look();
      const { root } = known;
      for (const digest of contentOf(known, id).keys()) {
        signal.throwIfAborted();
        if (!isWanted(digest) || (await findBlob(root, digest)) === undefined) continue;
        const chunks = readBlob(root, { digest });
        yield { kind: "blob", digest, chunks, file: blobPath(root, digest) };
      }
    },

    async listingOf(id): Promise<readonly JsonObject[]> {
      const { entries } = await readIndexFile((await look()).root);
      return ownEntries(entries).flatMap(({ descriptor, source }) =>
        descriptor.digest === id ? [source] : [],
      );
    },
  };
}

async function lookThrough(directory: string, signal: AbortSignal): Promise<KnownLayout> {
  const root = await openLayout(directory);
  const { entries } = await readIndexFile(root);
  const roots = entries.map(({ descriptor }) => descriptor);
  return {
    root,
    entries,
    content: await walkContent(root, roots, Number.POSITIVE_INFINITY, { signal }),
  };
}

/** All that an image stands on, with what is attached to any of it, whether index.json lists that or not. */
function contentOf(known: KnownLayout, id: Digest): ReadonlyMap<Digest, Descriptor> {
  const { root, entries, content } = known;
  let below = reachableFrom(content, [descriptorOf(root, entries, id)]);
  for (;;) {
    const listed = [...below.keys()].flatMap((digest) => attachedTo(known, digest));
    const wider = reachableFrom(content, [...below.values(), ...listed]);
    if (wider.size === below.size) return below;
    below = wider;
  }
}

function attachedTo(
  { entries, content }: Pick<KnownLayout, "entries" | "content">,
  subject: Digest,
): readonly Descriptor[] {
  const listed = entries.filter(
    ({ descriptor }) => content.documents.get(descriptor.digest)?.subject?.digest === subject,
  );
  return [...(content.attached.get(subject) ?? []), ...listed.map(({ descriptor }) => descriptor)];
}

function descriptorOf(root: string, entries: readonly IndexEntry[], id: Digest): Descriptor {
  const entry = entries.find(({ descriptor }) => descriptor.digest === id);
  if (entry !== undefined) return entry.descriptor;
  throw new LayoutError("not-found", {
    file: root,
    detail: `index.json does not list ${id}`,
    hint: "Look at it again: it may have been removed meanwhile.",
  });
}

function incomplete(root: string, detail: string): LayoutError {
  return new LayoutError("unknown-content", {
    file: root,
    detail,
    hint: "Copy the image here again.",
  });
}
