import { createHash } from "node:crypto";

import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import type { Manifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import { referrersTag } from "../oci/referrers-tag.ts";
import type { ContentPusher, PushedDocument } from "./push-content.ts";
import type { RegistryClient } from "./registry-client.ts";

/**
 * Adds an attachment to the index under the referrers tag of its subject, where clients look for it on a registry without the
 * referrers API (distribution-spec, "Pushing Manifests with Subject").
 */
export async function listReferrer(
  client: RegistryClient,
  pusher: ContentPusher,
  repository: string,
  document: PushedDocument,
  { subject, artifactType, annotations, kind, ...rest }: Manifest,
): Promise<void> {
  if (subject === undefined) return;
  const tag = referrersTag(subject.digest);
  const before = (await client.getManifest(repository, tag))?.bytes;
  const listed = before === undefined ? [] : manifestsOf(before);
  // What has that name and is no index was not made for this.
  if (listed === undefined || listed.some(({ digest }) => digest === document.digest)) return;
  const configType = kind === "manifest" && "config" in rest ? rest.config?.mediaType : undefined;
  const type = artifactType ?? configType;
  const entry = {
    mediaType: document.mediaType,
    digest: document.digest,
    size: document.bytes.byteLength,
    ...(type === undefined ? {} : { artifactType: type }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const mediaType = MEDIA_TYPE.index;
  const index = { schemaVersion: 2, mediaType, manifests: [...listed, entry] };
  const bytes = Buffer.from(JSON.stringify(index));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  await pusher.putManifest(repository, tag, { digest, mediaType, bytes });
}

/** The elements as they are; undefined where it is no index. */
function manifestsOf(bytes: Buffer): readonly JsonObject[] | undefined {
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  const manifests = isJsonObject(value) ? value["manifests"] : undefined;
  return Array.isArray(manifests) ? manifests.filter(isJsonObject) : undefined;
}
