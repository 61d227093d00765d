import { randomUUID } from "node:crypto";

import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContentPart, ImageForm, StoredContent } from "../ports/image-content.ts";
import type { BinEntry, RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import {
  contentBelow,
  damaged,
  locate,
  readBinContents,
  readConfigImage,
  UNPACKED_SIZE,
  type StoredLayer,
} from "./bin-contents.ts";
import { findBlob, readDocument } from "./blob-files.ts";
import { createLayout } from "./create-layout.ts";
import { openLayout, readIndexFile } from "./index-file.ts";
import { readBlob } from "./read-blob.ts";
import { readRecord, writeRecord, type RecoveryRecord } from "./recovery-records.ts";
import { rewriteIndex } from "./rewrite-index.ts";
import { sweepBlobs } from "./sweep-blobs.ts";
import { verifyBlobs } from "./verify-blobs.ts";
import { writeBlob, writeBytes } from "./write-blob.ts";
import { writeLayer } from "./write-layer.ts";
import { withWriteLock } from "./write-lock.ts";

/** A blob younger than this may belong to an image that another process is putting into the bin. */
const GRACE_MS = 6 * 3_600_000;

/** Opens the bin in a directory, and makes one where none is. */
export async function openRecoveryBin(directory: string, clock: Clock): Promise<RecoveryBin> {
  await createLayout(directory);
  const root = await openLayout(directory);
  const records = await readRecords(root);
  const known = await readBinContents(root, records);
  return new LayoutRecoveryBin(root, clock, new Set(known.blobs), new Map(known.layers));
}

/**
 * The recovery bin as an image layout: every tool that reads layouts reads it. Images of graph drivers get a manifest of
 * the bin's own over their configuration and their layers as zstd; everything else is kept byte for byte.
 */
class LayoutRecoveryBin implements RecoveryBin {
  readonly location: string;
  readonly #root: string;
  readonly #clock: Clock;
  /** What is there, as far as this process has seen or written it. */
  readonly #blobs: Set<Digest>;
  /** By the digest of the tar; those put since the bin was opened included. */
  readonly #layers: Map<Digest, StoredLayer>;

  constructor(root: string, clock: Clock, blobs: Set<Digest>, layers: Map<Digest, StoredLayer>) {
    this.location = root;
    this.#root = root;
    this.#clock = clock;
    this.#blobs = blobs;
    this.#layers = layers;
  }

  holds(digest: Digest): boolean {
    return this.#blobs.has(digest) || this.#layers.has(digest);
  }

  async put({ kind, digest, chunks }: ContentPart): Promise<number> {
    if (kind === "blob") {
      const blob = await writeBlob(this.#root, chunks, digest);
      this.#blobs.add(blob.digest);
      return blob.addedBytes;
    }
    const layer = await writeLayer(this.#root, chunks);
    if (digest !== undefined && layer.diffId !== digest)
      throw damaged(digest, `the engine gave a layer with the digest ${layer.diffId}`);
    this.#blobs.add(layer.blob.digest);
    this.#layers.set(layer.diffId, {
      descriptor: descriptorOf(MEDIA_TYPE.layerZstd, layer.blob, {
        [UNPACKED_SIZE]: String(layer.sizeBytes),
      }),
      unpackedBytes: layer.sizeBytes,
    });
    return layer.blob.addedBytes;
  }

  async add(image: RemovedImage, form: ImageForm): Promise<BinEntry> {
    const top =
      form.kind === "config" ? await this.#writeManifest(form) : await this.#rootOf(form.root);
    const record: RecoveryRecord = {
      key: randomUUID(),
      image,
      form: form.kind,
      pinned: false,
      root: top,
    };
    const { missing } = await contentBelow(this.#root, top, (digest) => this.#blobs.has(digest));
    if (missing.length > 0) throw damaged(image.id, `the bin lacks ${missing.join(", ")}`);
    await this.#change((records) => [...records, record]);
    return { ...(await this.#describe(record)), form };
  }

  async entries(): Promise<readonly BinEntry[]> {
    const records = await readRecords(this.#root);
    return Promise.all(records.map((record) => this.#describe(record)));
  }

  contentOf({ form }: BinEntry): StoredContent {
    const contents = { blobs: this.#blobs, layers: this.#layers };
    const find = (digest: Digest) => {
      const stored = locate(digest, contents);
      if (stored === undefined) throw damaged(digest, "the bin does not have it");
      return stored;
    };
    return {
      form,
      open: (digest) => readBlob(this.#root, find(digest)),
      sizeOf: async (digest) => {
        const layer = this.#layers.get(digest);
        if (layer !== undefined) return layer.unpackedBytes;
        const file = await findBlob(this.#root, find(digest).digest);
        if (file === undefined) throw damaged(digest, "the bin does not have it");
        return file.sizeBytes;
      },
      digestsBelow: async () => {
        if (form.kind === "config") return [form.config, ...new Set(form.diffIds)];
        const has = (digest: Digest): boolean => this.#blobs.has(digest);
        const top = await this.#rootOf(form.root);
        return [...(await contentBelow(this.#root, top, has)).present.keys()];
      },
    };
  }

  async setPinned(key: string, pinned: boolean): Promise<void> {
    await this.#change((records) =>
      records.map((record) => (record.key === key ? { ...record, pinned } : record)),
    );
  }

  async remove(keys: readonly string[]): Promise<number> {
    const doomed = new Set(keys);
    await this.#change((records) => records.filter(({ key }) => !doomed.has(key)));
    return this.#sweep();
  }

  async verify(signal: AbortSignal) {
    const wrong = new Map(await verifyBlobs(this.#root, signal));
    const needs = new Map<Digest, string[]>();
    for (const record of await readRecords(this.#root)) {
      const has = (): boolean => true;
      const { present } = await contentBelow(this.#root, record.root, has);
      for (const digest of present.keys()) {
        const keys = needs.get(digest) ?? [];
        keys.push(record.key);
        needs.set(digest, keys);
        if (!wrong.has(digest) && (await findBlob(this.#root, digest)) === undefined)
          wrong.set(digest, "it is missing");
      }
    }
    return [...wrong].map(([digest, detail]) => ({
      digest,
      detail,
      keys: needs.get(digest) ?? [],
    }));
  }

  /** The document that an image is known by, as it was put. */
  async #rootOf(digest: Digest): Promise<Descriptor> {
    const document = await readDocument(this.#root, digest);
    if (document.kind !== "read") throw damaged(digest, document.detail);
    const manifest = parseManifest(document.value);
    if (manifest.kind === "malformed") throw damaged(digest, manifest.detail);
    const file = await findBlob(this.#root, digest);
    const mediaType = manifest.mediaType || MEDIA_TYPE[manifest.kind];
    return descriptorOf(mediaType, { digest, sizeBytes: file?.sizeBytes ?? 0 });
  }

  async #writeManifest({ config, diffIds }: ImageForm & { kind: "config" }): Promise<Descriptor> {
    const layers = diffIds.map((diffId) => {
      const layer = this.#layers.get(diffId);
      if (layer === undefined) throw damaged(config, `the bin lacks its layer ${diffId}`);
      return layer.descriptor;
    });
    const configFile = await findBlob(this.#root, config);
    if (configFile === undefined) throw damaged(config, "the bin lacks the configuration");
    const document = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: { mediaType: MEDIA_TYPE.config, digest: config, size: configFile.sizeBytes },
      layers: layers.map(({ mediaType, digest, size, annotations }) => ({
        mediaType,
        digest,
        size,
        annotations,
      })),
    };
    const blob = await writeBytes(this.#root, Buffer.from(JSON.stringify(document)));
    this.#blobs.add(blob.digest);
    return descriptorOf(MEDIA_TYPE.manifest, blob);
  }

  async #describe(record: RecoveryRecord): Promise<BinEntry> {
    const { key, image, pinned, root } = record;
    const has = (digest: Digest): boolean => this.#blobs.has(digest);
    const { present } = await contentBelow(this.#root, root, has);
    const storedBytes = [...present.values()].reduce((sum, { size }) => sum + size, 0);
    const form: ImageForm =
      record.form === "config"
        ? { kind: "config", ...(await readConfigImage(this.#root, root.digest)) }
        : { kind: "manifest", root: root.digest };
    return { key, image, form, pinned, storedBytes };
  }

  async #change(
    change: (records: readonly RecoveryRecord[]) => readonly RecoveryRecord[],
  ): Promise<void> {
    await withWriteLock(this.#root, () =>
      rewriteIndex(this.#root, ({ entries }) => {
        const foreign = entries.filter((entry) => readRecord(entry) === undefined);
        const records = entries.flatMap((entry) => readRecord(entry) ?? []);
        return [...foreign.map(({ source }) => source), ...change(records).map(writeRecord)];
      }),
    );
  }

  async #sweep(): Promise<number> {
    const { signal } = new AbortController();
    return withWriteLock(this.#root, async () => {
      const sizes = new Map<Digest, number>();
      for (const digest of this.#blobs)
        sizes.set(digest, (await findBlob(this.#root, digest))?.sizeBytes ?? 0);
      const options = { nowMs: this.#clock(), graceMs: GRACE_MS, signal };
      const swept = await sweepBlobs(this.#root, options);
      for (const digest of swept) this.#forget(digest);
      return swept.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
    });
  }

  #forget(digest: Digest): void {
    this.#blobs.delete(digest);
    for (const [diffId, { descriptor }] of this.#layers)
      if (descriptor.digest === digest) this.#layers.delete(diffId);
  }
}

async function readRecords(root: string): Promise<readonly RecoveryRecord[]> {
  const { entries } = await readIndexFile(root);
  return entries.flatMap((entry) => readRecord(entry) ?? []);
}

function descriptorOf(
  mediaType: string,
  { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number },
  annotations: Readonly<Record<string, string>> = {},
): Descriptor {
  return { mediaType, digest, size: sizeBytes, annotations, embedded: false, hasUrls: false };
}
