import { chmod, chown, stat } from "node:fs/promises";

import { isDigest, type Digest } from "../oci/digest.ts";
import { isJsonObject, textFields, type JsonObject } from "../oci/json-object.ts";
import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type {
  ImageContentWriter,
  ImageForm,
  StoredContent,
  WriteOptions,
} from "../ports/image-content.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import { blobPath, findBlob, readDocument } from "./blob-files.ts";
import { annotationsFor, NAME_ANNOTATIONS, readEntryName } from "./entry-name.ts";
import { indexPath, openLayout, type IndexFile } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { ownEntries } from "./recovery-records.ts";
import { rewriteIndex } from "./rewrite-index.ts";
import { damageOf } from "./verify-blobs.ts";
import { writeBlob, writeBytes } from "./write-blob.ts";
import { withWriteLock } from "./write-lock.ts";

/** Makes images of a layout from stored content, and names them in its index.json. */
export class LayoutContentWriter implements ImageContentWriter, Pick<ImageTransfer, "tag"> {
  readonly #directory: string;
  /** Elements of index.json as they were, by image. */
  readonly #listed = new Map<Digest, readonly JsonObject[]>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async writeImage(content: StoredContent, { listed = [], signal }: WriteOptions): Promise<Digest> {
    const root = await openLayout(this.#directory);
    const { form } = content;
    const digests = await content.digestsBelow();
    for (const digest of digests) await this.#write(root, digest, content, signal);
    const id = form.kind === "manifest" ? form.root : await writeManifest(root, content, form);
    this.#listed.set(id, listed);
    const source = withoutName(listed[0] ?? (await descriptorOf(root, id)));
    await withWriteLock(root, async () => {
      // A sweep may have taken what was there before and had no name.
      for (const digest of digests)
        if ((await findBlob(root, digest)) === undefined)
          await this.#write(root, digest, content, signal);
      await rewriteIndex(root, ({ entries }) => {
        const sources = entries.map((entry) => entry.source);
        return ownEntries(entries).some(({ descriptor }) => descriptor.digest === id)
          ? sources
          : [...sources, source];
      });
    });
    return id;
  }

  /** As index.json had the name before; else in the way that docker and containerd write it. */
  async tag(id: string, reference: string): Promise<void> {
    if (!isDigest(id)) throw new TypeError(`${id} is no digest`);
    const root = await openLayout(this.#directory);
    const isNamed = (source: JsonObject): boolean =>
      readEntryName(textFields(source["annotations"]), root).reference === reference;
    const before = (this.#listed.get(id) ?? []).find(isNamed);
    const descriptor = withoutName(this.#listed.get(id)?.[0] ?? (await descriptorOf(root, id)));
    const annotations = {
      ...textFields(descriptor["annotations"]),
      ...annotationsFor(reference, root),
    };
    const named = before ?? { ...descriptor, annotations };
    await withWriteLock(root, () =>
      rewriteIndex(root, (index) => withEntry(index, id, named, root)),
    );
  }

  /** What is there already is read: it may have been damaged together with what the bin linked to it. */
  async #write(
    root: string,
    digest: Digest,
    content: StoredContent,
    signal: AbortSignal,
  ): Promise<void> {
    const isThere = (await findBlob(root, digest)) !== undefined;
    if (isThere && (await damageOf(root, digest, signal)) === undefined) return;
    await writeBlob(root, content.open(digest), digest);
    await adoptRights(root, digest);
  }
}

/** The name goes to the entry that has none; the image has one entry for each of its names. */
function withEntry(
  { entries }: IndexFile,
  id: Digest,
  named: JsonObject,
  root: string,
): readonly JsonObject[] {
  const nameless = ownEntries(entries).find(
    ({ descriptor }) =>
      descriptor.digest === id &&
      Object.keys(readEntryName(descriptor.annotations, root)).length === 0,
  );
  const sources = entries.map((entry) => (entry === nameless ? named : entry.source));
  return nameless === undefined ? [...sources, named] : sources;
}

/** An image that is known by its configuration gets a manifest over it and its layers, which stay uncompressed. */
async function writeManifest(
  root: string,
  content: StoredContent,
  { config, diffIds }: ImageForm & { kind: "config" },
): Promise<Digest> {
  const describe = async (mediaType: string, digest: Digest) => ({
    mediaType,
    digest,
    size: await content.sizeOf(digest),
  });
  const layers = [];
  for (const diffId of diffIds) layers.push(await describe(MEDIA_TYPE.layer, diffId));
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: await describe(MEDIA_TYPE.config, config),
    layers,
  };
  const { digest } = await writeBytes(root, Buffer.from(JSON.stringify(manifest)));
  await adoptRights(root, digest);
  return digest;
}

async function descriptorOf(root: string, digest: Digest): Promise<JsonObject> {
  const document = await readDocument(root, digest);
  const manifest = document.kind === "read" ? parseManifest(document.value) : undefined;
  const file = await findBlob(root, digest);
  if (manifest === undefined || manifest.kind === "malformed" || file === undefined) {
    throw new LayoutError("corrupt", {
      file: blobPath(root, digest),
      detail: "it is no manifest",
      hint: "Copy the image here again.",
    });
  }
  const mediaType = manifest.mediaType || MEDIA_TYPE[manifest.kind];
  return { mediaType, digest, size: file.sizeBytes };
}

function withoutName({ annotations, ...rest }: JsonObject): JsonObject {
  const kept = Object.entries(isJsonObject(annotations) ? annotations : {}).filter(
    ([key]) => !NAME_ANNOTATIONS.includes(key),
  );
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

/** Whoever may read and write index.json may read and write the blob. */
async function adoptRights(root: string, digest: Digest): Promise<void> {
  const path = blobPath(root, digest);
  const { mode, uid, gid } = await stat(indexPath(root));
  await chmod(path, mode & 0o666);
  if (process.geteuid?.() === 0) await chown(path, uid, gid);
}
