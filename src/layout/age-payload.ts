import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** The payload of an age file, as C2SP's age.md has it under "Payload": a nonce, then chunks of this size, each with a tag. */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const PAYLOAD_NONCE_BYTES = 16;
const CIPHER = "chacha20-poly1305";
const CHUNKS_AT_ONCE = 4;

/** An encrypted payload was changed, cut off or added to. */
export class PayloadDamage extends Error {
  override readonly name = "PayloadDamage";
}

export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}

/** Bytes of the content of a payload; undefined where no content makes a payload of that size. */
export function contentBytes(payloadBytes: number): number | undefined {
  const sealedBytes = payloadBytes - PAYLOAD_NONCE_BYTES;
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);
  const lastBytes = sealedBytes - (chunks - 1) * SEALED_CHUNK_BYTES - TAG_BYTES;
  // Only of nothing at all may the last chunk be empty.
  if (chunks < 1 || lastBytes < (chunks === 1 ? 0 : 1)) return undefined;
  return sealedBytes - chunks * TAG_BYTES;
}

/** Encrypts content. Its nonce goes in front of it, and is not given here. */
export async function* encryptChunks(
  content: AsyncIterable<Uint8Array>,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let counter = 0;
  const sealed: Buffer[] = [];
  for await (const { bytes, isLast } of inPieces(content, CHUNK_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(counter, isLast), {
      authTagLength: TAG_BYTES,
    });
    sealed.push(cipher.update(bytes), cipher.final(), cipher.getAuthTag());
    counter += 1;
    // A write for each chunk would cost as much as its encryption.
    if (isLast || counter % CHUNKS_AT_ONCE === 0) yield Buffer.concat(sealed.splice(0));
  }
}

/** Decrypts what follows the nonce. What it gives was not changed; that it is all comes to light only at its end. */
export async function* decryptChunks(
  payload: AsyncIterable<Uint8Array>,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let counter = 0;
  for await (const { bytes, isLast } of inPieces(payload, SEALED_CHUNK_BYTES)) {
    const sealedBytes = bytes.byteLength - TAG_BYTES;
    if (sealedBytes < 0 || (sealedBytes === 0 && counter > 0))
      throw new PayloadDamage("its encrypted content is cut off");
    yield openChunk(bytes, nonceOf(counter, isLast), key);
    counter += 1;
  }
}

function openChunk(sealed: Buffer, nonce: Buffer, key: Uint8Array): Buffer {
  const end = sealed.byteLength - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(end));
  const opened = decipher.update(sealed.subarray(0, end));
  try {
    // Of a stream cipher nothing is left for the end: it only compares the tag.
    decipher.final();
    return opened;
  } catch (error) {
    throw new PayloadDamage("its encrypted content was changed or cut off", { cause: error });
  }
}

/** Counts the chunks in eleven bytes, and marks the last one in the twelfth. */
function nonceOf(counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

interface Piece {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** In pieces of this size, the last of which is empty only where there is nothing at all. */
async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Piece> {
  let piece = Buffer.allocUnsafe(sizeBytes);
  let filledBytes = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength;) {
      if (filledBytes === sizeBytes) {
        yield { bytes: piece, isLast: false };
        piece = Buffer.allocUnsafe(sizeBytes);
        filledBytes = 0;
      }
      const taken = chunk.subarray(start, start + sizeBytes - filledBytes);
      piece.set(taken, filledBytes);
      filledBytes += taken.byteLength;
      start += taken.byteLength;
    }
  }
  yield { bytes: piece.subarray(0, filledBytes), isLast: true };
}
