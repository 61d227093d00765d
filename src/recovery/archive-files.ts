import { createHash } from "node:crypto";

import type { Digest } from "../oci/digest.ts";
import { parseManifest, type Manifest } from "../oci/manifest.ts";
import { isManifestMediaType, MEDIA_TYPE } from "../oci/media-type.ts";
import { familiarName } from "../oci/reference.ts";
import type { ImageForm, StoredContent } from "../ports/image-content.ts";
import type { ArchiveFile } from "./write-tar.ts";

/** As an image's configuration names it, whatever it is wrapped in. */
const LAYER_TAR = "application/vnd.oci.image.layer.v1.tar";

type ConfigForm = ImageForm & { readonly kind: "config" };

/** `packed`: as zstd, where they are stored so. */
export type LayersAs = "tars" | "packed";

/** An archive in the format of `docker save`, of an image that is known by its configuration, with these names. */
export async function* configArchive(
  content: StoredContent,
  { config, diffIds }: ConfigForm,
  references: readonly string[],
  layersAs: LayersAs,
): AsyncGenerator<ArchiveFile> {
  yield await fileOf(content, config, `${hexOf(config)}.json`);
  const names = new Map<Digest, string>();
  for (const diffId of new Set(diffIds)) {
    const packed = layersAs === "packed" ? await content.openPacked?.(diffId) : undefined;
    const name = `${hexOf(diffId)}.tar${packed === undefined ? "" : ".zst"}`;
    names.set(diffId, name);
    yield packed === undefined ? await fileOf(content, diffId, name) : { name, ...packed };
  }
  yield jsonFile("manifest.json", [
    {
      Config: `${hexOf(config)}.json`,
      RepoTags: repoTags(references),
      Layers: diffIds.map((diffId) => names.get(diffId)),
    },
  ]);
}

/**
 * An archive that is an OCI layout and in the format of `docker save` at once: the first keeps manifests and indexes as they
 * are (containerd store), the second is what graph drivers and Podman read.
 */
export async function* manifestArchive(
  content: StoredContent,
  root: Digest,
  references: readonly string[],
): AsyncGenerator<ArchiveFile> {
  const documents = await readDocuments(content, root);
  const listed = [...documents.values()].flatMap(
    (document) => savedForm(document, references) ?? [],
  );
  yield jsonFile("manifest.json", listed.slice(0, 1));
  yield* layoutOf(content, await describeRoot(content, root, documents), references);
}

/** An OCI layout, of an image of either form; layers that are known by their tars stay tars. */
export async function* layoutArchive(
  content: StoredContent,
  references: readonly string[],
): AsyncGenerator<ArchiveFile> {
  const { form } = content;
  if (form.kind === "manifest") {
    const documents = await readDocuments(content, form.root);
    yield* layoutOf(content, await describeRoot(content, form.root, documents), references);
    return;
  }
  const layers: object[] = [];
  for (const digest of form.diffIds)
    layers.push({ mediaType: LAYER_TAR, digest, size: await content.sizeOf(digest) });
  const size = await content.sizeOf(form.config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: { mediaType: MEDIA_TYPE.config, digest: form.config, size },
      layers,
    }),
  );
  const digest: Digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const root = { mediaType: MEDIA_TYPE.manifest, digest, size: manifest.byteLength };
  yield* layoutOf(content, root, references);
  yield bytesFile(blobFile(digest), manifest);
}

interface RootDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

async function* layoutOf(
  content: StoredContent,
  root: RootDescriptor,
  references: readonly string[],
): AsyncGenerator<ArchiveFile> {
  // Docker and containerd read their own annotation, Podman the specification's: in both the full name.
  const named = references.map((reference) => ({
    ...root,
    annotations: {
      "io.containerd.image.name": reference,
      "org.opencontainers.image.ref.name": reference,
    },
  }));
  yield jsonFile("oci-layout", { imageLayoutVersion: "1.0.0" });
  yield jsonFile("index.json", {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: named.length === 0 ? [root] : named,
  });
  for (const digest of await content.digestsBelow())
    yield await fileOf(content, digest, blobFile(digest));
}

async function describeRoot(
  content: StoredContent,
  digest: Digest,
  documents: ReadonlyMap<Digest, Manifest>,
): Promise<RootDescriptor> {
  const top = documents.get(digest);
  const mediaType = top?.mediaType || MEDIA_TYPE[top?.kind ?? "manifest"];
  return { mediaType, digest, size: await content.sizeOf(digest) };
}

function savedForm(document: Manifest, references: readonly string[]): object | undefined {
  if (document.kind !== "manifest" || document.config === undefined) return undefined;
  return {
    Config: blobFile(document.config.digest),
    RepoTags: repoTags(references),
    Layers: document.layers.map(({ digest }) => blobFile(digest)),
  };
}

/** As `docker save` has it: null for none. */
function repoTags(references: readonly string[]): readonly string[] | null {
  return references.length === 0 ? null : references.map(familiarName);
}

/** The manifests and indexes below `root` that are there, outermost first. */
async function readDocuments(
  content: StoredContent,
  root: Digest,
): Promise<ReadonlyMap<Digest, Manifest>> {
  const there = new Set(await content.digestsBelow());
  const documents = new Map<Digest, Manifest>();
  const waiting = [root];
  for (let digest = waiting.shift(); digest !== undefined; digest = waiting.shift()) {
    if (documents.has(digest) || !there.has(digest)) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of content.open(digest)) chunks.push(chunk);
    const manifest = parseManifest(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    if (manifest.kind === "malformed") continue;
    documents.set(digest, manifest);
    if (manifest.kind !== "index") continue;
    const children = manifest.manifests.filter(({ mediaType }) => isManifestMediaType(mediaType));
    waiting.push(...children.map((child) => child.digest));
  }
  return documents;
}

async function fileOf(content: StoredContent, digest: Digest, name: string): Promise<ArchiveFile> {
  return { name, sizeBytes: await content.sizeOf(digest), chunks: content.open(digest) };
}

function jsonFile(name: string, value: unknown): ArchiveFile {
  return bytesFile(name, Buffer.from(JSON.stringify(value)));
}

function bytesFile(name: string, bytes: Uint8Array): ArchiveFile {
  return {
    name,
    sizeBytes: bytes.byteLength,
    chunks: (async function* () {
      yield bytes;
    })(),
  };
}

function blobFile(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}
