import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** What a layer is given in; only its last chunk is smaller. */
const CHUNK_BYTES = 1024 * 1024;

/** Why a layer's tar cannot be made again from its files. */
export class LayerTarError extends Error {
  override readonly name = "LayerTarError";
  /** What has been given of the layer so far is not to be used. */
  readonly kind = "corrupt";
}

/** One line of `tar-split.json.gz` (vbatts/tar-split, `tar/storage/entry.go`). */
interface SplitEntry {
  /** 1: the content of a file is to be put here; 2: bytes of the tar itself. */
  readonly type?: number;
  readonly name?: string;
  /** A name that is no UTF-8, in base64. */
  readonly name_raw?: string;
  readonly size?: number;
  /** Of type 2, in base64. */
  readonly payload?: string | null;
}

/**
 * The tar of a layer, byte for byte as it was unpacked: Docker keeps what lies between the contents of its files. Nothing is
 * checked here; whoever takes it holds it against the layer's diff ID.
 */
export async function* readLayerTar(
  tarSplitFile: string,
  filesFolder: string,
): AsyncGenerator<Uint8Array> {
  const files = new LayerFiles(await realpath(filesFolder));
  const source = createReadStream(tarSplitFile);
  const text = createGunzip();
  // readline does not tell errors of its input.
  source.once("error", (error) => text.destroy(error));
  let failure: Error | undefined;
  text.once("error", (error) => (failure = error));
  const chunks = new FilledChunks();
  try {
    for await (const line of createInterface({ input: source.pipe(text) }))
      yield* contentOf(JSON.parse(line) as SplitEntry, files, chunks);
    if (failure !== undefined) throw failure;
    const rest = chunks.rest();
    if (rest.byteLength > 0) yield rest;
  } catch (error) {
    throw error instanceof LayerTarError ? error : new LayerTarError(`${error}`, { cause: error });
  } finally {
    source.destroy();
    text.destroy();
  }
}

/** Chunks that the entry's bytes have filled; the last of them wait in `chunks` for the next entry. */
async function* contentOf(
  entry: SplitEntry,
  files: LayerFiles,
  chunks: FilledChunks,
): AsyncGenerator<Uint8Array> {
  const { type, name, name_raw: rawName, size = 0, payload } = entry;
  if (type === 2) {
    if (payload) yield* chunks.take(Buffer.from(payload, "base64"));
  } else if (type === 1) {
    if (size === 0) return;
    if (name === undefined || rawName !== undefined)
      throw new LayerTarError("a file whose name is no UTF-8");
    yield* files.read(name, size, chunks);
  } else throw new LayerTarError(`an entry of type ${type} is not known`);
}

/** Chunks of one size, each written to in place: most of a layer is read from its files without being copied. */
class FilledChunks {
  /** Whoever has a chunk may keep it: none is filled twice. */
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #usedBytes = 0;

  /** Where the next bytes belong; never empty. */
  get room(): Uint8Array {
    return this.#chunk.subarray(this.#usedBytes);
  }

  /** So many bytes have been put into `room`; answers the chunk if that is full now. */
  advance(bytes: number): Uint8Array | undefined {
    this.#usedBytes += bytes;
    return this.#usedBytes < CHUNK_BYTES ? undefined : this.rest();
  }

  *take(bytes: Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < bytes.byteLength;) {
      const { room } = this;
      const part = bytes.subarray(from, from + room.byteLength);
      room.set(part);
      from += part.byteLength;
      const full = this.advance(part.byteLength);
      if (full !== undefined) yield full;
    }
  }

  /** What has been put together so far. */
  rest(): Uint8Array {
    const filled = this.#chunk.subarray(0, this.#usedBytes);
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#usedBytes = 0;
    return filled;
  }
}

/** The files of one layer. Nothing outside of its folder is read, whatever its links say. */
class LayerFiles {
  readonly #root: string;
  #lastFolder: string | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async *read(name: string, sizeBytes: number, chunks: FilledChunks): AsyncGenerator<Uint8Array> {
    const path = join(this.#root, name);
    await this.#checkFolder(dirname(path));
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    // Without a promise for each step: a base image has tens of thousands of files of a few kilobytes.
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const status = fstatSync(file);
      if (!status.isFile() || status.size !== sizeBytes)
        throw new LayerTarError(`${path} is not the file that was unpacked`);
      for (let left = sizeBytes; left > 0;) {
        const { room } = chunks;
        const read = readSync(file, room, 0, Math.min(room.byteLength, left), null);
        if (read === 0) throw new LayerTarError(`${path} ends too early`);
        left -= read;
        const full = chunks.advance(read);
        if (full !== undefined) yield full;
      }
    } finally {
      closeSync(file);
    }
  }

  async #checkFolder(folder: string): Promise<void> {
    if (folder === this.#lastFolder) return;
    const real = await realpath(folder);
    if (real !== this.#root && !real.startsWith(this.#root + sep))
      throw new LayerTarError(`${folder} leads out of its layer`);
    this.#lastFolder = folder;
  }
}
