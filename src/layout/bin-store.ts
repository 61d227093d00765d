import { join } from "node:path";

import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { ContentPart, ImageForm } from "../ports/image-content.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import {
  contentBelow,
  damaged,
  describeConfigImage,
  descriptorOf,
  type StoredLayer,
} from "./bin-contents.ts";
import { topsOf } from "./bin-stored-content.ts";
import { findBlob } from "./blob-files.ts";
import { syncDirectory } from "./durable-directory.ts";
import { hasBlob } from "./has-blob.ts";
import { linkBlob } from "./link-blob.ts";
import { damageOf } from "./verify-blobs.ts";
import { writeBlob, writeBytes } from "./write-blob.ts";
import { writeLayer } from "./write-layer.ts";

/** The content of a bin: what of it is there, and what this process knows to be whole. */
export class BinStore {
  readonly #root: string;
  readonly #catalogue: BinCatalogue;
  /** Blobs that this process has written, or read to their end and found whole. */
  readonly #proven = new Set<Digest>();
  /** Blobs that are not what their name says, until they are written anew. */
  readonly #damaged = new Set<Digest>();

  constructor(root: string, catalogue: BinCatalogue) {
    this.#root = root;
    this.#catalogue = catalogue;
  }

  holds(digest: Digest): boolean {
    const layer = this.#catalogue.layer(digest);
    if (layer !== undefined && this.#has(layer.digest, layer.sizeBytes)) return true;
    return this.#has(digest, this.#catalogue.sizeOf(digest));
  }

  put(part: ContentPart): Promise<number> {
    return part.kind === "blob" ? this.#putBlob(part) : this.#putLayer(part);
  }

  #has(digest: Digest, sizeBytes: number | undefined): boolean {
    return !this.#damaged.has(digest) && hasBlob(this.#root, digest, sizeBytes);
  }

  async #putBlob({ digest, chunks, file }: ContentPart): Promise<number> {
    const linked =
      file === undefined || digest === undefined
        ? undefined
        : await linkBlob(this.#root, file, digest);
    const blob = linked ?? (await writeBlob(this.#root, chunks, digest));
    this.#trust(blob.digest);
    return blob.addedBytes;
  }

  async #putLayer({ digest, chunks }: ContentPart): Promise<number> {
    const { blob, diffId, sizeBytes } = await writeLayer(this.#root, chunks, digest);
    this.#trust(blob.digest);
    const layer = { digest: blob.digest, sizeBytes: blob.sizeBytes, unpackedBytes: sizeBytes };
    this.#catalogue.learnLayer(diffId, layer);
    return blob.addedBytes;
  }

  #trust(digest: Digest): void {
    this.#proven.add(digest);
    this.#damaged.delete(digest);
  }

  /** The documents that the image is to be found below; the first is what its entry will name. */
  async writeTops(form: ImageForm): Promise<readonly Descriptor[]> {
    if (form.kind === "manifest") {
      for (const digest of [form.root, ...(form.attached ?? [])])
        if (!(await this.#isProven(digest))) throw damaged(digest, "it is missing or damaged");
      return topsOf(this.#root, form);
    }
    const { config, diffIds } = form;
    const file = await findBlob(this.#root, config);
    if (file === undefined) throw damaged(config, "the bin lacks the configuration");
    const layers = new Map<Digest, StoredLayer>();
    for (const diffId of diffIds) {
      const layer = this.#catalogue.layer(diffId);
      if (layer !== undefined) layers.set(diffId, layer);
    }
    const document = describeConfigImage({ config, diffIds, layers }, file.sizeBytes);
    const blob = await writeBytes(this.#root, Buffer.from(JSON.stringify(document)));
    this.#trust(blob.digest);
    return [descriptorOf(MEDIA_TYPE.manifest, blob.digest, blob.sizeBytes)];
  }

  /** Makes sure that all of an image is there, whole and on disk. */
  async prove(imageId: Digest, tops: readonly Descriptor[]): Promise<void> {
    const { present, missing } = await contentBelow(this.#root, tops, ({ digest, size }) =>
      this.#has(digest, size),
    );
    const wrong = [...missing.keys()];
    // One of another size is there, and must not be believed in when the content comes again.
    for (const digest of wrong) this.#damaged.add(digest);
    for (const digest of present.keys()) if (!(await this.#isProven(digest))) wrong.push(digest);
    if (wrong.length > 0) throw damaged(imageId, `the bin does not have ${wrong.join(", ")} whole`);
    // A blob that another process has just named may not be in its directory on disk yet.
    const algorithms = new Set([...present.keys()].map((digest) => digest.split(":", 1)[0] ?? ""));
    for (const algorithm of algorithms) await syncDirectory(join(this.#root, "blobs", algorithm));
    await syncDirectory(join(this.#root, "blobs"));
  }

  /** Reads what this process has not written or read yet: the image that relies on it is about to go. */
  async #isProven(digest: Digest): Promise<boolean> {
    if (this.#proven.has(digest)) return true;
    if (this.#damaged.has(digest)) return false;
    const { signal } = new AbortController();
    const isWhole = (await damageOf(this.#root, digest, signal)) === undefined;
    (isWhole ? this.#proven : this.#damaged).add(digest);
    return isWhole;
  }
}
