import type { Digest } from "../oci/digest.ts";
import { parseManifest, type Manifest } from "../oci/manifest.ts";
import { isManifestMediaType, MEDIA_TYPE } from "../oci/media-type.ts";
import type { ImageForm, StoredContent } from "../ports/image-content.ts";
import type { TarFile } from "./archive-tar.ts";

/**
 * An archive in the format of `docker save` for an image that is known by its configuration. Without names: those are given
 * one by one afterwards, each after a look that nobody else has it.
 */
export async function* configArchive(
  content: StoredContent,
  { config, diffIds }: ImageForm & { kind: "config" },
): AsyncGenerator<TarFile> {
  const layerFile = (diffId: Digest): string => `${hexOf(diffId)}.tar`;
  yield await fileOf(content, config, `${hexOf(config)}.json`);
  for (const diffId of new Set(diffIds)) yield await fileOf(content, diffId, layerFile(diffId));
  yield jsonFile("manifest.json", [
    { Config: `${hexOf(config)}.json`, RepoTags: null, Layers: diffIds.map(layerFile) },
  ]);
}

/**
 * An archive that is an OCI layout and in the format of `docker save` at once: the first keeps manifests and indexes as they
 * are (containerd store), the second is what graph drivers and Podman read.
 */
export async function* manifestArchive(
  content: StoredContent,
  root: Digest,
): AsyncGenerator<TarFile> {
  const documents = await readDocuments(content, root);
  const top = documents.get(root);
  const mediaType = top?.mediaType || MEDIA_TYPE[top?.kind ?? "manifest"];
  const size = await content.sizeOf(root);
  yield jsonFile("oci-layout", { imageLayoutVersion: "1.0.0" });
  yield jsonFile("index.json", {
    schemaVersion: 2,
    manifests: [{ mediaType, digest: root, size }],
  });
  const listed = [...documents.values()].flatMap((document) => savedForm(document) ?? []);
  yield jsonFile("manifest.json", listed.slice(0, 1));
  for (const digest of await content.digestsBelow())
    yield await fileOf(content, digest, blobFile(digest));
}

function savedForm(document: Manifest): object | undefined {
  if (document.kind !== "manifest" || document.config === undefined) return undefined;
  return {
    Config: blobFile(document.config.digest),
    RepoTags: null,
    Layers: document.layers.map(({ digest }) => blobFile(digest)),
  };
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

async function fileOf(content: StoredContent, digest: Digest, name: string): Promise<TarFile> {
  return { name, sizeBytes: await content.sizeOf(digest), chunks: content.open(digest) };
}

function jsonFile(name: string, value: unknown): TarFile {
  const bytes = Buffer.from(JSON.stringify(value));
  return {
    name,
    sizeBytes: bytes.byteLength,
    // eslint-disable-next-line @typescript-eslint/require-await
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
