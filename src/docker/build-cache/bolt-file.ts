/**
 * Reads a bbolt database (go.etcd.io/bbolt) from its bytes: two meta pages, then B+ trees of branch and leaf pages.
 * Layout: bbolt `page.go`, `meta.go`, `bucket.go`; all numbers little endian.
 */
const PAGE_HEADER_BYTES = 16;
const META_BYTES = 64;
const MAGIC = 0xed0cdaed;
const VERSION = 2;
const BRANCH = 0x01;
const LEAF = 0x02;
const BUCKET = 0x01;
const ELEMENT_BYTES = 16;
const BUCKET_HEADER_BYTES = 16;
const USUAL_PAGE_BYTES = 4096;

/** A bucket: keys with values, or with buckets of their own. */
export type BoltBucket = ReadonlyMap<string, Uint8Array | BoltBucket>;

/** The database cannot be read: it was being written, or it is damaged. */
export class BoltError extends Error {
  override readonly name = "BoltError";
}

export interface BoltDatabase {
  readonly buckets: BoltBucket;
  /** Grows with every change. */
  readonly transaction: bigint;
}

/** All of it. Throws `BoltError` where the bytes are not a whole database. */
export function readBolt(bytes: Uint8Array): BoltDatabase {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const meta = newestMeta(view);
  if (meta === undefined) throw new BoltError("neither meta page is valid");
  try {
    const buckets = readPage({ view, bytes, pageSize: meta.pageSize, depth: 0 }, meta.rootPage);
    return { buckets, transaction: meta.transaction };
  } catch (error) {
    if (error instanceof RangeError)
      throw new BoltError("a page lies outside of the file", { cause: error });
    throw error;
  }
}

interface Meta {
  readonly pageSize: number;
  readonly rootPage: number;
  readonly transaction: bigint;
}

interface Source {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly pageSize: number;
  readonly depth: number;
}

/** Deeper than any real tree: stops at a page that leads back to itself. */
const MAX_DEPTH = 64;

/** Two meta pages take turns; the one with the later transaction counts. */
function newestMeta(view: DataView): Meta | undefined {
  const first = readMeta(view, 0);
  const second = readMeta(view, first?.pageSize ?? USUAL_PAGE_BYTES);
  if (first === undefined || second === undefined) return first ?? second;
  return first.transaction > second.transaction ? first : second;
}

function readMeta(view: DataView, pageOffset: number): Meta | undefined {
  const at = pageOffset + PAGE_HEADER_BYTES;
  if (at + META_BYTES > view.byteLength) return undefined;
  if (view.getUint32(at, true) !== MAGIC || view.getUint32(at + 4, true) !== VERSION)
    return undefined;
  if (view.getBigUint64(at + 56, true) !== fnv1a64(view, at, 56)) return undefined;
  return {
    pageSize: view.getUint32(at + 8, true),
    rootPage: Number(view.getBigUint64(at + 16, true)),
    transaction: view.getBigUint64(at + 48, true),
  };
}

function fnv1a64(view: DataView, start: number, length: number): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let at = start; at < start + length; at += 1) {
    hash = ((hash ^ BigInt(view.getUint8(at))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash;
}

function readPage(source: Source, page: number): Map<string, Uint8Array | BoltBucket> {
  const entries = new Map<string, Uint8Array | BoltBucket>();
  readElements(source, page * source.pageSize, entries);
  return entries;
}

function readElements(
  source: Source,
  pageOffset: number,
  into: Map<string, Uint8Array | BoltBucket>,
): void {
  if (source.depth > MAX_DEPTH) throw new BoltError("the pages are nested too deeply");
  const { view } = source;
  const flags = view.getUint16(pageOffset + 8, true);
  const count = view.getUint16(pageOffset + 10, true);
  const deeper = { ...source, depth: source.depth + 1 };
  for (let index = 0; index < count; index += 1) {
    const element = pageOffset + PAGE_HEADER_BYTES + index * ELEMENT_BYTES;
    if (flags === BRANCH) {
      readElements(deeper, Number(view.getBigUint64(element + 8, true)) * source.pageSize, into);
    } else if (flags === LEAF) {
      const position = element + view.getUint32(element + 4, true);
      const keyBytes = view.getUint32(element + 8, true);
      const valueBytes = view.getUint32(element + 12, true);
      const key = new TextDecoder().decode(slice(source, position, keyBytes));
      const isBucket = (view.getUint32(element, true) & BUCKET) !== 0;
      const valueAt = position + keyBytes;
      into.set(key, isBucket ? readBucket(deeper, valueAt) : slice(source, valueAt, valueBytes));
    } else {
      throw new BoltError(`a page is of an unknown kind (${flags})`);
    }
  }
}

/** A small bucket has its only page right behind its header. */
function readBucket(source: Source, at: number): BoltBucket {
  const root = Number(source.view.getBigUint64(at, true));
  if (root !== 0) return readPage(source, root);
  const entries = new Map<string, Uint8Array | BoltBucket>();
  readElements(source, at + BUCKET_HEADER_BYTES, entries);
  return entries;
}

function slice({ bytes }: Source, start: number, length: number): Uint8Array {
  if (start + length > bytes.byteLength) throw new RangeError("beyond the end");
  return bytes.subarray(start, start + length);
}
