import { createHash } from "node:crypto";

import type { Digest } from "../oci/digest.ts";
import type { StoredContent } from "../ports/image-content.ts";
import type { WantedImage } from "../ports/image-rebuilder.ts";
import { splitImageId } from "./image-id.ts";
import { mediaTypeOf } from "./media-type-of.ts";
import type { PushedDocument } from "./push-content.ts";
import { RegistryError } from "./registry-error.ts";
import type { PushedBlob } from "./upload-blob.ts";

/** What lies elsewhere of an image that is to come back: in its record, and in the bin. */
export interface KeptContent {
  has(digest: Digest): Promise<boolean>;
  /** Manifests that were put into the bin with the image because they are attached to it. */
  attached(): Promise<readonly Digest[]>;
  /** Undefined where it is not kept. */
  document(digest: Digest): Promise<PushedDocument | undefined>;
  blob(digest: Digest): Promise<PushedBlob | undefined>;
}

interface InBin {
  readonly content: StoredContent;
  readonly digests: ReadonlySet<Digest>;
}

export function keptContent(
  { id, document: recorded }: WantedImage,
  openStored: () => Promise<StoredContent | undefined>,
): KeptContent {
  const { digest: own } = splitImageId(id);
  let opened: Promise<InBin | undefined> | undefined;
  /** Where the bin has this piece; of an image that it knows by its configuration it has none as a registry wants it. */
  const find = async (digest: Digest): Promise<StoredContent | undefined> => {
    const bin = await (opened ??= openBin(openStored));
    return bin?.digests.has(digest) === true ? bin.content : undefined;
  };
  return {
    has: async (digest) => (await find(digest)) !== undefined,
    attached: async () => {
      const form = (await (opened ??= openBin(openStored)))?.content.form;
      return form?.kind === "manifest" ? (form.attached ?? []) : [];
    },
    async document(digest) {
      if (digest === own && recorded !== undefined) {
        const bytes = Buffer.from(recorded.text, "utf8");
        return { digest, mediaType: recorded.mediaType, bytes: checked(id, digest, bytes) };
      }
      const stored = await find(digest);
      if (stored === undefined) return undefined;
      const bytes = checked(id, digest, await readAll(stored.open(digest)));
      return { digest, mediaType: mediaTypeOf(bytes.toString("utf8")), bytes };
    },
    async blob(digest) {
      const stored = await find(digest);
      if (stored === undefined) return undefined;
      const sizeBytes = await stored.sizeOf(digest);
      return { digest, sizeBytes, open: () => stored.open(digest) };
    },
  };
}

async function openBin(
  openStored: () => Promise<StoredContent | undefined>,
): Promise<InBin | undefined> {
  const content = await openStored();
  if (content?.form.kind !== "manifest") return undefined;
  return { content, digests: new Set(await content.digestsBelow()) };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

function checked(id: string, digest: Digest, bytes: Buffer): Buffer {
  const algorithm = digest.slice(0, digest.indexOf(":"));
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
  if (found === digest) return bytes;
  throw new RegistryError("bad-content", {
    registry: id,
    detail: `what was kept as ${digest} has the digest ${found}`,
  });
}
