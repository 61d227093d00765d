import { randomBytes } from "node:crypto";

import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { headerBytes, newHeader, openHeader } from "./age-header.ts";
import {
  contentBytes,
  decryptChunks,
  encryptChunks,
  PAYLOAD_NONCE_BYTES,
  payloadKey,
} from "./age-payload.ts";

const CHUNK_BYTES = 65_536;
const sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001];

async function* pieces(bytes: Buffer, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

describe.each(sizes)("%i bytes", (sizeBytes) => {
  const content = randomBytes(sizeBytes);

  test("are opened by age when we have written them", async () => {
    const identity = await generateIdentity();
    const { header, fileKey } = await newHeader([await identityToRecipient(identity)]);
    const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
    const key = payloadKey(fileKey, nonce);
    const payload = await all(encryptChunks(pieces(content, 10_000), key));
    expect(contentBytes(PAYLOAD_NONCE_BYTES + payload.byteLength)).toBe(sizeBytes);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = await decrypter.decrypt(Buffer.concat([header, nonce, payload]));
    expect(content.equals(opened)).toBe(true);
  });

  test("are opened by us when age has written them", async () => {
    const identity = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const file = Buffer.from(await encrypter.encrypt(content));
    const startsAt = headerBytes(file) ?? Number.NaN;
    const fileKey = await openHeader(file.subarray(0, startsAt), [identity]);
    const nonce = file.subarray(startsAt, startsAt + PAYLOAD_NONCE_BYTES);
    const payload = file.subarray(startsAt + PAYLOAD_NONCE_BYTES);
    const opened = await all(decryptChunks(pieces(payload, 7777), payloadKey(fileKey, nonce)));
    expect(opened.equals(content)).toBe(true);
  });
});

const KEY = Buffer.alloc(32, 7);
type Payload = (payload: Buffer) => Buffer;
const changes: readonly (readonly [string, Payload])[] = [
  ["nothing of it", () => Buffer.alloc(0)],
  ["the last byte is missing", (payload) => payload.subarray(0, -1)],
  ["the last chunk is missing", (payload) => payload.subarray(0, CHUNK_BYTES + 16)],
  ["chunks have changed places", (payload) => swapped(payload, CHUNK_BYTES + 16)],
  ["something follows", (payload) => Buffer.concat([payload, Buffer.alloc(20)])],
  ["a chunk of nothing follows", (payload) => Buffer.concat([payload, Buffer.alloc(16)])],
  ["the first byte differs", (payload) => flipped(payload, 0)],
  ["the last byte differs", (payload) => flipped(payload, payload.byteLength - 1)],
];

test.for(changes)("a changed payload is refused: %s", async ([, change]) => {
  const whole = await all(encryptChunks(pieces(randomBytes(3 * CHUNK_BYTES), 9999), KEY));
  const payload = change(whole);
  await expect(all(decryptChunks(pieces(payload, 9999), KEY))).rejects.toMatchObject({
    name: "PayloadDamage",
  });
});

test.for([0, 16, 31, PAYLOAD_NONCE_BYTES + CHUNK_BYTES + 16 + 16])(
  "no content makes a payload of %i bytes",
  (sizeBytes) => expect(contentBytes(sizeBytes)).toBeUndefined(),
);

function swapped(payload: Buffer, sizeBytes: number): Buffer {
  const [first, second, rest] = [
    payload.subarray(0, sizeBytes),
    payload.subarray(sizeBytes, 2 * sizeBytes),
    payload.subarray(2 * sizeBytes),
  ];
  return Buffer.concat([second, first, rest]);
}

function flipped(payload: Buffer, at: number): Buffer {
  const copy = Buffer.from(payload);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
