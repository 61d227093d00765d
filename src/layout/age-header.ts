import type { Recipient } from "age-encryption";

/** How the header of every age file ends: a line with its authentication. */
const LAST_LINE = /^--- .*\n/m;
/** A nonce and an empty last chunk with its tag. */
const EMPTY_PAYLOAD_BYTES = 32;

/** The header of a new age file, and the key that it wraps. */
export interface NewHeader {
  readonly header: Uint8Array;
  readonly fileKey: Uint8Array;
}

/** Makes a header with a new key, which the identity of any of these recipients opens. Throws where one is none. */
export async function newHeader(recipients: readonly string[]): Promise<NewHeader> {
  // Loaded by whoever encrypts: its elliptic curves take as long to load as all of a plan.
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey: Uint8Array = new Uint8Array();
  const witness: Recipient = {
    wrapFileKey: (key) => {
      fileKey = key;
      return [];
    },
  };
  encrypter.addRecipient(witness);
  const empty = await encrypter.encrypt(new Uint8Array());
  return { header: empty.subarray(0, empty.byteLength - EMPTY_PAYLOAD_BYTES), fileKey };
}

/** Bytes of the header that these first bytes of a file begin with; undefined where it goes on after them. */
export function headerBytes(start: Buffer): number | undefined {
  // One byte for one character: what follows the header is no text.
  const end = LAST_LINE.exec(start.toString("latin1"));
  return end === null ? undefined : end.index + end[0].length;
}

/** The key that a header wraps. Throws where none of the identities opens it, or it is damaged. */
export async function openHeader(
  header: Uint8Array,
  identities: readonly string[],
): Promise<Uint8Array> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decryptHeader(header);
}

/** Why a text is no recipient; undefined where it is one. */
export async function recipientProblem(text: string): Promise<string | undefined> {
  try {
    await newHeader([text]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why one of these is no identity; undefined where each is one. Never the text itself: it is a secret. */
export async function identityProblem(identities: readonly string[]): Promise<string | undefined> {
  const { Decrypter } = await import("age-encryption");
  for (const [position, identity] of identities.entries()) {
    try {
      new Decrypter().addIdentity(identity);
    } catch {
      return `number ${position + 1} is of another kind, or damaged`;
    }
  }
  return undefined;
}
