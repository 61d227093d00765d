import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isAttestationEntry, parseManifest, type Manifest } from "../oci/manifest.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { RecentBlobs } from "./recent-blobs.ts";
import type { RecentManifests } from "./recent-manifests.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A registry, and what has been asked of it before. */
export interface ContentSource {
  readonly client: RegistryClient;
  readonly texts: RecentManifests;
  readonly blobs: RecentBlobs;
}

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
 * alone say what the image stands on, but each only once; blobs are asked for by HEAD.
 */
export async function missingContent(
  source: ContentSource,
  wanted: WantedContent,
): Promise<string | undefined> {
  const { repository, digest, imageId } = wanted;
  const manifests = await readPlatforms(source, wanted);
  if (typeof manifests === "string") return manifests;
  const isThisImage =
    digest === imageId ||
    manifests.some((each) => each.kind === "manifest" && each.config?.digest === imageId);
  if (!isThisImage) return `${digest} is another image there`;
  for (const manifest of manifests) {
    const missing = await missingBlobs(source, repository, manifest);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** The manifests of the platforms that have to be there, or why not all of them can be had. */
export async function readPlatforms(
  source: Pick<ContentSource, "client" | "texts">,
  { repository, digest, platforms }: Omit<WantedContent, "imageId">,
): Promise<readonly Manifest[] | string> {
  const top = await readManifest(source, repository, digest);
  if (typeof top === "string") return top;
  const children = top.kind === "index" ? top.manifests.filter((each) => isRunnable(each)) : [];
  const manifests: Manifest[] = top.kind === "manifest" ? [top] : [];
  for (const child of choosePlatforms(children, platforms)) {
    const manifest = await readManifest(source, repository, child.digest);
    if (typeof manifest === "string") return manifest;
    manifests.push(manifest);
  }
  return manifests;
}

async function missingBlobs(
  { client, blobs: recent }: ContentSource,
  repository: string,
  manifest: Manifest,
): Promise<string | undefined> {
  if (manifest.kind === "index") return undefined;
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers];
  const answers = await Promise.all(
    blobs.map(({ digest }) => recent.has(client, repository, digest)),
  );
  const missing = blobs.find(({ hasUrls }, position) => answers[position] === false && !hasUrls);
  return missing && `its blob ${missing.digest} is not there any more`;
}

/** The manifest, or why there is none. */
async function readManifest(
  { client, texts }: Pick<ContentSource, "client" | "texts">,
  repository: string,
  digest: Digest,
): Promise<Manifest | string> {
  const text = await texts.read(client, repository, digest);
  if (text === undefined) return `${digest} is not there any more`;
  const manifest = parseManifest(JSON.parse(text));
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
