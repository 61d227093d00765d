import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import type { ContentCheck } from "../ports/content-check.ts";
import { splitImageId } from "./image-id.ts";
import { inParallel } from "./in-parallel.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** Asks the registry itself, never what is remembered of it. */
export function createContentCheck(
  openClient: (signal: AbortSignal) => RegistryClient,
): ContentCheck {
  return async ({ images }, { signal, onProgress }) => {
    const client = openClient(signal);
    const problems: string[] = [];
    const asked = new Map<string, Promise<boolean>>();
    const hasBlob = (repository: string, digest: Digest): Promise<boolean> => {
      const key = `${repository}@${digest}`;
      const known = asked.get(key);
      if (known !== undefined) return known;
      const answer = client.headBlob(repository, digest).then((size) => size !== undefined);
      asked.set(key, answer);
      return answer;
    };
    let done = 0;
    await inParallel(images, signal, async (image) => {
      problems.push(...(await missingTags(client, image)));
      problems.push(...(await missingContent(client, image, hasBlob)));
      onProgress?.({ step: "reading images whole", done: (done += 1), total: images.length });
    });
    return problems.toSorted();
  };
}

async function missingTags(
  client: RegistryClient,
  { id, references }: Image,
): Promise<readonly string[]> {
  const { repository, digest } = splitImageId(id);
  const problems: string[] = [];
  for (const reference of references) {
    const head = await client.headManifest(
      repository,
      reference.slice(reference.lastIndexOf(":") + 1),
    );
    if (head === undefined) problems.push(`${reference} is not there any more`);
    else if (head !== "unchanged" && head.digest !== digest)
      problems.push(`${reference} means ${head.digest} now, not ${digest}`);
  }
  return problems;
}

async function missingContent(
  client: RegistryClient,
  { id }: Image,
  hasBlob: (repository: string, digest: Digest) => Promise<boolean>,
): Promise<readonly string[]> {
  const { repository, digest } = splitImageId(id);
  let bytes: Buffer;
  try {
    const fetched = await client.getManifest(repository, digest);
    if (fetched === undefined) return [`${id} is not there any more`];
    bytes = fetched.bytes;
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind !== "bad-content") throw error;
    return [`${id} is damaged: ${error.message}`];
  }
  const manifest = parseManifest(JSON.parse(bytes.toString("utf8")));
  if (manifest.kind === "malformed") return [`${id} is damaged: ${manifest.detail}`];
  // What an index lists are images of their own here.
  if (manifest.kind === "index") return [];
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers];
  const problems: string[] = [];
  for (const blob of blobs) {
    if (blob.hasUrls || (await hasBlob(repository, blob.digest))) continue;
    problems.push(`${id} lacks its blob ${blob.digest}`);
  }
  return problems;
}
