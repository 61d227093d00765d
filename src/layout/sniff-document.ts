import { parseManifest } from "../oci/manifest.ts";

/** Registries refuse larger manifests. */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20;
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BRACE = 0x7b;

/** Content with what its beginning tells of it. */
export interface SniffedContent {
  readonly isManifest: boolean;
  /** All of it. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Tells manifests and indexes from all other content. Layers are told by their first byte, and never kept in memory. */
export async function sniffDocument(chunks: AsyncIterable<Uint8Array>): Promise<SniffedContent> {
  const source = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let readBytes = 0;
  let ended = false;
  while (readBytes <= MAX_MANIFEST_BYTES && mayBeDocument(read)) {
    const next = await source.next();
    if (next.done === true) {
      ended = true;
      break;
    }
    read.push(next.value);
    readBytes += next.value.byteLength;
  }
  return { isManifest: ended && isManifestText(Buffer.concat(read)), chunks: all(read, source) };
}

export function isManifest(document: unknown): boolean {
  return parseManifest(document).kind !== "malformed";
}

function isManifestText(bytes: Buffer): boolean {
  try {
    return isManifest(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Whether it begins as an object does, or there is nothing of it yet. */
function mayBeDocument(read: readonly Uint8Array[]): boolean {
  for (const chunk of read) {
    const first = chunk.find((byte) => !WHITE_SPACE.has(byte));
    if (first !== undefined) return first === BRACE;
  }
  return true;
}

async function* all(
  read: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* read;
    for (let next = await source.next(); next.done !== true; next = await source.next())
      yield next.value;
  } finally {
    await source.return?.();
  }
}
