import { createHash } from "node:crypto";

import { layersOfManifest } from "../inventory/layer.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image-config.ts";
import { isAttestationEntry, parseManifest, type ImageManifest } from "../oci/manifest.ts";
import { isImageConfigMediaType } from "../oci/media-type.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import { splitImageId } from "./image-id.ts";
import { readDocumentBlob } from "./read-document-blob.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** Looks at single images of a registry. For an index, layers are those of its first platform. */
export function createRegistryDetails(client: RegistryClient): ImageDetails {
  const readJson = async (repository: string, digest: Digest): Promise<unknown> => {
    const fetched = await client.getManifest(repository, digest);
    if (fetched !== undefined) return JSON.parse(fetched.bytes.toString("utf8"));
    throw new RegistryError("not-found", {
      registry: client.registry,
      request: `GET ${repository}@${digest}`,
      detail: "the registry does not have it any more",
    });
  };
  const readConfig = async (repository: string, digest: Digest): Promise<unknown> => {
    return JSON.parse((await readDocumentBlob(client, repository, digest)).toString("utf8"));
  };
  const firstManifest = async (id: string): Promise<[string, ImageManifest] | undefined> => {
    const { repository, digest } = splitImageId(id);
    const waiting = [digest];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const manifest = parseManifest(await readJson(repository, next));
      if (manifest.kind === "manifest") return [repository, manifest];
      if (manifest.kind === "malformed") continue;
      const children = manifest.manifests.filter((entry) => !isAttestationEntry(entry));
      waiting.push(...children.map((child) => child.digest));
    }
    return undefined;
  };

  return {
    async raw(id) {
      const { repository, digest } = splitImageId(id);
      const value = await readJson(repository, digest);
      const manifest = parseManifest(value);
      if (manifest.kind === "index") return { index: value };
      const config = manifest.kind === "manifest" ? manifest.config : undefined;
      if (config === undefined || !isImageConfigMediaType(config.mediaType))
        return { manifest: value };
      return { manifest: value, config: await readConfig(repository, config.digest) };
    },
    async layers(id) {
      const [repository, manifest] = (await firstManifest(id)) ?? [];
      if (repository === undefined || manifest === undefined) return [];
      const { config } = manifest;
      const isImage = config !== undefined && isImageConfigMediaType(config.mediaType);
      const read = isImage ? await readConfig(repository, config.digest) : {};
      return layersOfManifest(manifest, parseImageConfig(read), sha256);
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
