import type { Digest } from "../../oci/digest.ts";

const ID_LENGTH = 64;
/** The longest word that an ID can be made of. */
export const LONGEST_WORD = ID_LENGTH / 2;

/** The ID of an image that is named by a word of ASCII letters: made of their codes, so that it sorts as the word does. */
export function idOf(word: string): Digest {
  const codes = Array.from(word, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0"));
  return `sha256:${codes.join("").padEnd(ID_LENGTH, "0")}`;
}

/** The word an image ID was made of; any other text as it is. */
export function wordOf(id: string): string {
  const hex = /^sha256:((?:[a-f0-9]{2})+?)(?:00)*$/.exec(id)?.[1];
  if (hex === undefined) return id;
  return hex.replaceAll(/../g, (code) => String.fromCharCode(Number.parseInt(code, 16)));
}
