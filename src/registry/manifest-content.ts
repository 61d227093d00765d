import type { Digest } from "../oci/digest.ts";
import { parseManifest, successorsOf, type Manifest } from "../oci/manifest.ts";
import { isForeignLayerMediaType } from "../oci/media-type.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import { splitImageId } from "./image-id.ts";
import type { ReferrersLister } from "./list-referrers.ts";
import type { ManifestTexts } from "./manifest-texts.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

export interface ContentSources {
  readonly client: (signal: AbortSignal) => RegistryClient;
  readonly referrers: (client: RegistryClient) => Pick<ReferrersLister, "of">;
  readonly texts: Pick<ManifestTexts, "fetch">;
}

interface Document {
  readonly digest: Digest;
  readonly text: string;
  readonly manifest: Manifest;
}

/**
 * Reads images of a registry byte for byte: manifests and indexes at any depth, and blobs, each checked against its digest.
 * What is attached by subject comes along; what is attached by its tag alone is an image by itself.
 */
export function createRegistryContentReader({
  client: openClient,
  referrers: openReferrers,
  texts,
}: ContentSources): ImageContentReader {
  const { signal: unhurried } = new AbortController();

  /** Everything below these that the repository has; a manifest that an index lists may never have been there. */
  async function* documents(
    client: RegistryClient,
    repository: string,
    tops: readonly Digest[],
  ): AsyncGenerator<Document> {
    const seen = new Set<Digest>();
    const waiting = [...tops];
    for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      const text = await texts.fetch(client, repository, digest);
      if (text === undefined) continue;
      const manifest = parseManifest(JSON.parse(text));
      if (manifest.kind === "malformed")
        throw new RegistryError("bad-content", {
          registry: client.registry,
          request: `GET ${repository}@${digest}`,
          detail: manifest.detail,
        });
      if (manifest.kind === "index") waiting.push(...manifest.manifests.map((each) => each.digest));
      yield { digest, text, manifest };
    }
  }

  return {
    async formOf(id) {
      const { repository, digest: root } = splitImageId(id);
      const client = openClient(unhurried);
      const referrers = openReferrers(client);
      const attached: Digest[] = [];
      const reached = new Set<Digest>();
      const waiting = [root];
      for (let top = waiting.pop(); top !== undefined; top = waiting.pop())
        for await (const { digest } of documents(client, repository, [top])) {
          if (reached.has(digest)) continue;
          reached.add(digest);
          const found = await referrers.of(repository, digest);
          const fresh = found.filter((each) => each !== root && !attached.includes(each));
          attached.push(...fresh);
          waiting.push(...fresh);
        }
      const form = { kind: "manifest", root } as const;
      return attached.length === 0 ? form : { ...form, attached };
    },

    async *readContent(id, form, { isWanted, signal }) {
      if (form.kind !== "manifest") throw new TypeError("images of a registry are manifests");
      const { repository } = splitImageId(id);
      const client = openClient(signal);
      const tops = [form.root, ...(form.attached ?? [])];
      for await (const { digest, text, manifest } of documents(client, repository, tops)) {
        signal.throwIfAborted();
        if (manifest.kind === "manifest")
          for (const blob of successorsOf(manifest)) {
            if (!isWanted(blob.digest)) continue;
            const mayBeAbsent =
              blob.hasUrls || blob.embedded || isForeignLayerMediaType(blob.mediaType);
            if (mayBeAbsent && (await client.headBlob(repository, blob.digest)) === undefined)
              continue;
            const chunks = client.getBlob(repository, blob.digest, blob.size);
            yield { kind: "blob", digest: blob.digest, chunks };
          }
        if (isWanted(digest)) yield { kind: "blob", digest, chunks: inOneChunk(text) };
      }
    },
  };
}

async function* inOneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, "utf8");
}
