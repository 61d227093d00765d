import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";

import type { RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import type { VolumeContent } from "../ports/volume-content.ts";
import { ArchiveError } from "./archive-error.ts";
import type { Archived } from "./archive-image.ts";
import { nameBytes, volumeConfig, volumeManifest, type NamedBytes } from "./volume-artifact.ts";

const CHUNK_BYTES = 256 * 1024;

/** A volume about to be removed. */
export interface ArchivableVolume {
  readonly name: string;
  /** What it holds, as the plan knew it: what is read must be as much. */
  readonly sizeBytes: number;
  /** What the bin is to remember besides. */
  readonly removed: Omit<RemovedImage, "id" | "volume">;
}

export interface ArchiveVolumeParts {
  readonly volumes: VolumeContent;
  readonly bin: RecoveryBin;
  /** Bytes of the volume that have been read. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** Puts a volume into the bin. When this resolves all of it is there, checked against its digests and on disk. */
export function archiveVolume(
  { name, sizeBytes, removed }: ArchivableVolume,
  { volumes, bin, onProgress = () => undefined }: ArchiveVolumeParts,
  signal: AbortSignal,
): Promise<Archived> {
  return bin.whileHeld(async () => {
    const spec = await volumes.describe(name);
    if (spec === undefined) throw new ArchiveError("it is gone");
    const put = await putCompressed(volumes.read(name, sizeBytes, signal), bin, onProgress);
    let { addedBytes } = put;
    const putDocument = async (bytes: Buffer): Promise<NamedBytes> => {
      const named = nameBytes(bytes);
      addedBytes += await bin.put({
        kind: "blob",
        digest: named.digest,
        chunks: inOneChunk(bytes),
      });
      return named;
    };
    const config = await putDocument(volumeConfig(spec, put.tar));
    const { digest: id } = await putDocument(volumeManifest(config, put.packed));
    const image = { ...removed, id, volume: { name } };
    return { entry: await bin.add(image, { kind: "manifest", root: id }), addedBytes };
  });
}

interface PutContent {
  readonly tar: NamedBytes;
  readonly packed: NamedBytes;
  readonly addedBytes: number;
}

/** Both digests are known only at the end, when the bin has stored the content under that of its bytes. */
async function putCompressed(
  tar: AsyncIterable<Uint8Array>,
  bin: RecoveryBin,
  onProgress: (doneBytes: number) => void,
): Promise<PutContent> {
  const whole = new Counted(onProgress);
  const packed = new Counted();
  const compressor = createZstdCompress({ chunkSize: CHUNK_BYTES });
  const compressing = pipeline(whole.watch(tar), compressor);
  const [stored, read] = await Promise.allSettled([
    bin.put({ kind: "blob", chunks: packed.watch(compressor) }),
    compressing,
  ]);
  // Each ends the other, which then only says that it was ended.
  if (whole.failure !== undefined) throw whole.failure.reason;
  if (stored.status === "rejected") throw stored.reason;
  if (read.status === "rejected") throw read.reason;
  return { tar: whole.named(), packed: packed.named(), addedBytes: stored.value };
}

/** What passes, by its digest and its bytes, and what its source has thrown. */
class Counted {
  failure: { readonly reason: unknown } | undefined;
  readonly #hash = createHash("sha256");
  readonly #onProgress: (doneBytes: number) => void;
  #sizeBytes = 0;

  constructor(onProgress: (doneBytes: number) => void = () => undefined) {
    this.#onProgress = onProgress;
  }

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of chunks) {
        this.#hash.update(chunk);
        this.#sizeBytes += chunk.byteLength;
        this.#onProgress(this.#sizeBytes);
        yield chunk;
      }
    } catch (reason) {
      this.failure = { reason };
      throw reason;
    }
  }

  named(): NamedBytes {
    return { digest: `sha256:${this.#hash.digest("hex")}`, sizeBytes: this.#sizeBytes };
  }
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
