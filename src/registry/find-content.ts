import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isAttestationEntry, parseManifest, type Manifest } from "../oci/manifest.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { RegistryClient } from "./registry-client.ts";

/** Which part of an image has to be there. */
export interface WantedContent {
  readonly repository: string;
  readonly digest: Digest;
  /** The configuration's digest, or that of the manifest or index itself, as the engine knows the image. */
  readonly imageId: Digest;
  /** Platforms to be had again; with none, all that the index lists. */
  readonly platforms: readonly string[];
}

/**
 * What of an image a registry does not have, in words; undefined when it has all of it. Manifests are read, because they
 * alone say what the image stands on; blobs are asked for by HEAD.
 */
export async function missingContent(
  client: RegistryClient,
  wanted: WantedContent,
): Promise<string | undefined> {
  const { repository, digest, imageId, platforms } = wanted;
  const top = await readManifest(client, repository, digest);
  if (typeof top === "string") return top;
  const children = top.kind === "index" ? top.manifests.filter((each) => isRunnable(each)) : [];
  const chosen = choosePlatforms(children, platforms);
  const manifests: Manifest[] = top.kind === "manifest" ? [top] : [];
  for (const child of chosen) {
    const manifest = await readManifest(client, repository, child.digest);
    if (typeof manifest === "string") return manifest;
    manifests.push(manifest);
  }
  const isThisImage =
    digest === imageId ||
    manifests.some((each) => each.kind === "manifest" && each.config?.digest === imageId);
  if (!isThisImage) return `${digest} is another image there`;
  for (const manifest of manifests) {
    const missing = await missingBlobs(client, repository, manifest);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

async function missingBlobs(
  client: RegistryClient,
  repository: string,
  manifest: Manifest,
): Promise<string | undefined> {
  if (manifest.kind === "index") return undefined;
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers];
  const sizes = await Promise.all(blobs.map(({ digest }) => client.headBlob(repository, digest)));
  const at = sizes.findIndex(
    (size, position) => size === undefined && blobs[position]?.hasUrls !== true,
  );
  return at < 0 ? undefined : `its blob ${blobs[at]?.digest} is not there any more`;
}

/** The manifest, or why there is none. */
async function readManifest(
  client: RegistryClient,
  repository: string,
  digest: Digest,
): Promise<Manifest | string> {
  const fetched = await client.getManifest(repository, digest);
  if (fetched === undefined) return `${digest} is not there any more`;
  const manifest = parseManifest(JSON.parse(fetched.bytes.toString("utf8")));
  return manifest.kind === "malformed" ? `${digest}: ${manifest.detail}` : manifest;
}

function choosePlatforms(
  children: readonly Descriptor[],
  platforms: readonly string[],
): readonly Descriptor[] {
  if (platforms.length === 0) return children;
  const wanted = children.filter(
    ({ platform }) => platform === undefined || platforms.includes(formatPlatform(platform)),
  );
  return wanted.length === 0 ? children : wanted;
}

function isRunnable(descriptor: Descriptor): boolean {
  return !isAttestationEntry(descriptor);
}
