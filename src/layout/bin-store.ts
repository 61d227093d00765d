import { dirname } from "node:path";

import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { ContentPart, ImageForm } from "../ports/image-content.ts";
import type { AddOptions, RegistryPart } from "../ports/recovery-bin.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import type { BinKeys } from "./bin-keys.ts";
import {
  blobsOf,
  contentBelow,
  damaged,
  describeConfigImage,
  descriptorOf,
  type StoredLayer,
} from "./bin-contents.ts";
import { topsOf } from "./bin-stored-content.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { syncDirectory, syncFile } from "./durable-directory.ts";
import { encryptedPath } from "./encrypted-files.ts";
import { hasBlob, isEncryptedOnly } from "./has-blob.ts";
import { LayoutError } from "./layout-error.ts";
import { linkBlob } from "./link-blob.ts";
import { readBlob } from "./read-blob.ts";
import { damageOf } from "./verify-blobs.ts";
import { writeBinBlob } from "./write-bin-blob.ts";
import { writeBytes, type WrittenBlob } from "./write-blob.ts";
import { writeLayer } from "./write-layer.ts";

/** The content of a bin: what of it is there, and what this process knows to be whole. */
export class BinStore {
  readonly #root: string;
  readonly #catalogue: BinCatalogue;
  readonly #keys: BinKeys;
  /** Blobs that this process has written, or read to their end and found whole. */
  readonly #proven = new Set<Digest>();
  /** Blobs that are not what their name says, until they are written anew. */
  readonly #damaged = new Set<Digest>();
  /** By the digest of its tar, a layer that came in the place of a damaged one and is another blob: of another zstd. */
  readonly replaced = new Map<Digest, StoredLayer>();

  constructor(root: string, catalogue: BinCatalogue, keys: BinKeys) {
    this.#root = root;
    this.#catalogue = catalogue;
    this.#keys = keys;
  }

  holds(digest: Digest): boolean {
    if (this.#damaged.has(digest)) return false;
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

  async #putBlob({ digest, chunks, file }: Omit<ContentPart, "kind">): Promise<number> {
    const mayLink = file !== undefined && !this.#keys.encrypts;
    const linked =
      mayLink && digest !== undefined ? await linkBlob(this.#root, file, digest) : undefined;
    const blob = linked ?? (await this.#write(chunks, digest));
    this.#trust(blob.digest);
    return blob.addedBytes;
  }

  async #putLayer({ digest, chunks }: Omit<ContentPart, "kind">): Promise<number> {
    const write = (packed: AsyncIterable<Uint8Array>): Promise<WrittenBlob> => this.#write(packed);
    const { blob, diffId, sizeBytes } = await writeLayer(write, chunks, digest);
    this.#trust(blob.digest);
    this.#damaged.delete(diffId);
    const layer = { digest: blob.digest, sizeBytes: blob.sizeBytes, unpackedBytes: sizeBytes };
    const before = this.#catalogue.layer(diffId);
    if (before !== undefined && before.digest !== layer.digest) this.replaced.set(diffId, layer);
    this.#catalogue.learnLayer(diffId, layer);
    return blob.addedBytes;
  }

  #write(chunks: AsyncIterable<Uint8Array>, digest?: Digest): Promise<WrittenBlob> {
    return writeBinBlob(this.#root, this.#keys, chunks, digest);
  }

  #trust(digest: Digest): void {
    this.#proven.add(digest);
    this.#damaged.delete(digest);
  }

  /** The documents that the image is to be found below; the first is what its entry will name. */
  async writeTops(
    form: ImageForm,
    inRegistry: readonly RegistryPart[],
  ): Promise<readonly Descriptor[]> {
    if (form.kind === "manifest") {
      for (const digest of [form.root, ...(form.attached ?? [])])
        if (!(await this.#isProven(digest))) throw damaged(digest, "it is missing or damaged");
      return topsOf(this.#root, form);
    }
    const { config, diffIds } = form;
    const file = await findBlob(this.#root, config);
    if (file === undefined) throw damaged(config, "the bin lacks the configuration");
    const layers = new Map<Digest, StoredLayer>();
    const left = new Set(inRegistry.map(({ digest }) => digest));
    for (const diffId of diffIds)
      if (!left.has(diffId)) layers.set(diffId, await this.#layerOf(diffId));
    const image = { config, diffIds, layers };
    const document = describeConfigImage(image, file.sizeBytes, inRegistry);
    const blob = await writeBytes(this.#root, Buffer.from(JSON.stringify(document)));
    this.#trust(blob.digest);
    return [descriptorOf(MEDIA_TYPE.manifest, blob.digest, blob.sizeBytes)];
  }

  /** A layer may have come as a blob: of an image whose layers are not compressed. */
  async #layerOf(diffId: Digest): Promise<StoredLayer> {
    const known = this.#catalogue.layer(diffId);
    if (known !== undefined && this.#has(known.digest, known.sizeBytes)) return known;
    if (this.#has(diffId, undefined)) {
      const chunks = readBlob(this.#root, { digest: diffId }, this.#keys);
      await this.#again(diffId, () => this.#putLayer({ digest: diffId, chunks }));
    }
    const layer = this.#catalogue.layer(diffId);
    if (layer === undefined) throw damaged(diffId, "the bin lacks this layer");
    return layer;
  }

  /** And the other way round: a blob may be there as the tar of a layer. False where it is not. */
  async #putFromLayer(digest: Digest): Promise<boolean> {
    const layer = this.#catalogue.layer(digest);
    if (layer === undefined || !this.#has(layer.digest, layer.sizeBytes)) return false;
    const stored = { digest: layer.digest, unpacked: digest };
    const chunks = readBlob(this.#root, stored, this.#keys);
    await this.#again(digest, () => this.#putBlob({ digest, chunks }));
    return true;
  }

  /** What is encrypted, and closed to us, cannot be stored in another form: then it is to be put anew, as damage is. */
  async #again(digest: Digest, store: () => Promise<number>): Promise<void> {
    try {
      await store();
    } catch (error) {
      if (!(error instanceof LayoutError) || error.kind !== "locked") throw error;
      this.#damaged.add(digest);
      throw damaged(digest, error.detail);
    }
  }

  /**
   * Makes sure that all of an image is there, whole and on disk. A manifest of an index may be absent, unless the target
   * that the image is from had it: then it is among `counted`.
   */
  async prove(
    imageId: Digest,
    tops: readonly Descriptor[],
    { counted = new Set(), inRegistry = [] }: AddOptions,
  ): Promise<void> {
    const left = blobsOf(inRegistry);
    const has = ({ digest, size }: Descriptor): boolean => this.#has(digest, size);
    let { present, missing, absent } = await contentBelow(this.#root, tops, has, left);
    const unpacked = [];
    for (const digest of missing.keys()) unpacked.push(await this.#putFromLayer(digest));
    if (unpacked.includes(true))
      ({ present, missing, absent } = await contentBelow(this.#root, tops, has, left));
    const wrong = [...missing.keys(), ...[...absent].filter((digest) => counted.has(digest))];
    // One of another size is there, and must not be believed in when the content comes again.
    for (const digest of wrong) this.#damaged.add(digest);
    for (const digest of present.keys()) if (!(await this.#isProven(digest))) wrong.push(digest);
    if (wrong.length > 0) throw damaged(imageId, `the bin does not have ${wrong.join(", ")} whole`);
    // What another process has named, which may have died since, need not be in its directory on disk yet.
    const folders = new Set([...present.keys()].map((digest) => dirname(this.#pathOf(digest))));
    for (const folder of new Set([...folders, ...[...folders].map(dirname)]))
      await syncDirectory(folder);
  }

  #pathOf(digest: Digest): string {
    const pathOf = isEncryptedOnly(this.#root, digest) ? encryptedPath : blobPath;
    return pathOf(this.#root, digest);
  }

  /** Reads what this process has not written or read yet: the image that relies on it is about to go. */
  async #isProven(digest: Digest): Promise<boolean> {
    if (this.#proven.has(digest)) return true;
    if (this.#damaged.has(digest)) return false;
    const { signal } = new AbortController();
    const isWhole = (await damageOf(this.#root, digest, signal)) === undefined;
    // What was read may be in memory only, where another program has written it.
    if (isWhole) await syncFile(this.#pathOf(digest));
    (isWhole ? this.#proven : this.#damaged).add(digest);
    return isWhole;
  }
}
