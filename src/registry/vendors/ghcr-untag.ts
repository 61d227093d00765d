import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Digest } from "../../oci/digest.ts";
import { MEDIA_TYPE } from "../../oci/media-type.ts";
import type { ContentPusher } from "../push-content.ts";
import { RegistryError } from "../registry-error.ts";
import type { ListedArtifact } from "../vendor.ts";

/** A version that was pushed just now may not be listed at once. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 1_000;
/** opencontainers/image-spec, manifest.md, "Guidance for an Empty Descriptor". */
const EMPTY = Buffer.from("{}");

export interface GhcrRepository {
  readonly registry: string;
  readonly repository: string;
  readonly pusher: ContentPusher;
  readonly list: () => Promise<readonly ListedArtifact[]>;
  readonly deleteVersion: (digest: Digest) => Promise<"deleted" | "gone">;
}

/**
 * Takes one tag from a version that keeps its others, which GitHub has no operation for: the tag is given to a manifest made
 * for that, and this is deleted. Before that is done it has to be seen that nothing but this one tag goes with it, and that the
 * version has lost nothing else.
 */
export async function untagVersion(
  { registry, repository, pusher, list, deleteVersion }: GhcrRepository,
  tag: string,
  digest: Digest,
): Promise<"deleted" | "gone"> {
  const refuse = (detail: string): RegistryError =>
    new RegistryError("protocol", { registry, request: `untag ${repository}:${tag}`, detail });
  const before = (await list()).find(({ tags }) => tags.includes(tag));
  if (before === undefined) return "gone";
  if (before.digest !== digest) throw refuse("the tag means another image by now");
  const throwAway = placeholder(tag);
  const empty = digestOf(EMPTY);
  if (!(await pusher.holdsBlob(repository, empty)))
    await pusher.uploadBlob(repository, {
      digest: empty,
      sizeBytes: EMPTY.byteLength,
      open: once,
    });
  await pusher.putManifest(repository, tag, throwAway);
  for (let look = 1; ; look += 1) {
    const after = await list();
    const own = after.find((version) => version.digest === throwAway.digest);
    const left = after.find((version) => version.digest === digest);
    const wanted = before.tags.filter((each) => each !== tag);
    if (
      own !== undefined &&
      isSame(own.tags, [tag]) &&
      left !== undefined &&
      isSame(left.tags, wanted)
    )
      return deleteVersion(throwAway.digest);
    if (look >= LOOKS)
      throw refuse(
        `the tag is on a placeholder (${throwAway.digest}) that is not deleted: it is not listed as expected`,
      );
    await sleep(LOOK_AGAIN_MS);
  }
}

async function* once(): AsyncGenerator<Uint8Array> {
  yield EMPTY;
}

/** Like no other: what has the same bytes would be the same version. */
function placeholder(tag: string): { digest: Digest; mediaType: string; bytes: Buffer } {
  const descriptor = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: digestOf(EMPTY),
    size: EMPTY.byteLength,
  };
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType: "application/vnd.plimsoll.placeholder.v1",
      config: descriptor,
      layers: [descriptor],
      annotations: { "dev.plimsoll.takes-away": tag, "dev.plimsoll.id": randomUUID() },
    }),
  );
  return { digest: digestOf(bytes), mediaType: MEDIA_TYPE.manifest, bytes };
}

function digestOf(bytes: Buffer): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
