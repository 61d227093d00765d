/** What a tar stream holds. */
export interface TarContents {
  /** Files and symbolic links, as a file system states their sizes; a file with several names counts once. */
  readonly contentBytes: number;
  /** Entries of any kind. */
  readonly entries: number;
  /** The marks of its end have come. */
  readonly isWhole: boolean;
}

const BLOCK_BYTES = 512;
/** Names of files are shorter; extended attributes may be larger than a name. */
const MOST_METADATA_BYTES = 4 * 2 ** 20;

/** Says of the next entry: a pax header, a long name, a long link (POSIX pax; GNU tar). */
const METADATA = new Set(["x", "L", "K"]);
/** Said once for all entries. */
const GLOBAL = "g";
const REGULAR = new Set(["0", "\0", "7", "S"]);
const SYMLINK = "2";

interface Waiting {
  readonly type: string;
  readonly sizeBytes: number;
  readonly bytes: Uint8Array[];
}

/** Counts what passes in a tar stream, chunk by chunk, without keeping it. */
export class TarTally {
  #contentBytes = 0;
  #entries = 0;
  #zeroBlocks = 0;
  /** A header that has not come whole yet. */
  readonly #header = new Uint8Array(BLOCK_BYTES);
  #headerBytes = 0;
  /** Of content and its padding, still to come. */
  #skipBytes = 0;
  #metadata: Waiting | undefined;
  /** What metadata has said of the next entry. */
  #said = new Map<string, string>();

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#skipBytes > 0) {
        const end = Math.min(chunk.byteLength, at + this.#skipBytes);
        this.#metadata?.bytes.push(chunk.slice(at, end));
        this.#skipBytes -= end - at;
        at = end;
        if (this.#skipBytes === 0) this.#readMetadata();
        continue;
      }
      const end = Math.min(chunk.byteLength, at + BLOCK_BYTES - this.#headerBytes);
      this.#header.set(chunk.subarray(at, end), this.#headerBytes);
      this.#headerBytes += end - at;
      at = end;
      if (this.#headerBytes < BLOCK_BYTES) continue;
      this.#headerBytes = 0;
      this.#readHeader();
    }
  }

  contents(): TarContents {
    const isWhole = this.#zeroBlocks >= 2 && this.#skipBytes === 0 && this.#headerBytes === 0;
    return { contentBytes: this.#contentBytes, entries: this.#entries, isWhole };
  }

  #readHeader(): void {
    if (this.#header.every((byte) => byte === 0)) {
      this.#zeroBlocks += 1;
      return;
    }
    const type = String.fromCharCode(this.#header[156] ?? 0);
    const stated = numberIn(this.#header.subarray(124, 136));
    if (METADATA.has(type) || type === GLOBAL) {
      if (stated > MOST_METADATA_BYTES) throw new RangeError("a tar header is too long");
      this.#skipBytes = padded(stated);
      this.#metadata = type === GLOBAL ? undefined : { type, sizeBytes: stated, bytes: [] };
      return;
    }
    const said = this.#said;
    this.#said = new Map();
    this.#entries += 1;
    if (REGULAR.has(type)) {
      const stored = Number(said.get("size") ?? stated);
      const real = said.get("GNU.sparse.realsize") ?? said.get("GNU.sparse.size");
      this.#contentBytes += Number(real ?? stored);
      this.#skipBytes = padded(stored);
    } else if (type === SYMLINK) {
      const link = said.get("linkpath");
      this.#contentBytes +=
        link === undefined ? lengthOf(this.#header.subarray(157, 257)) : link.length;
    }
  }

  #readMetadata(): void {
    const waiting = this.#metadata;
    if (waiting === undefined) return;
    this.#metadata = undefined;
    const bytes = Buffer.concat(waiting.bytes).subarray(0, waiting.sizeBytes);
    if (waiting.type === "x")
      for (const [key, value] of paxRecords(bytes)) this.#said.set(key, value);
    if (waiting.type === "K")
      this.#said.set("linkpath", textOf(bytes.subarray(0, lengthOf(bytes))));
  }
}

/** Octal digits, or, with the highest bit set, the number itself (GNU tar, base-256). */
function numberIn(field: Uint8Array): number {
  const [first = 0, ...rest] = field;
  if ((first & 0x80) !== 0) return rest.reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
  return Number.parseInt(textOf(field.subarray(0, lengthOf(field))).trim(), 8) || 0;
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Up to the first NUL. */
function lengthOf(bytes: Uint8Array): number {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes.byteLength : end;
}

/** `LENGTH KEY=VALUE\n` each, where the length counts all of it (POSIX pax). */
function* paxRecords(bytes: Uint8Array): Generator<readonly [key: string, value: string]> {
  for (let at = 0; at < bytes.byteLength;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(textOf(bytes.subarray(at, space)));
    if (space < 0 || !Number.isSafeInteger(length) || length <= 0) return;
    const record = textOf(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    yield [record.slice(0, equals), record.slice(equals + 1)];
    at += length;
  }
}

/** A character for each byte: names need not be UTF-8, and lengths are those of the bytes. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
