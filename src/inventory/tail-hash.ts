/** Characters that tell the keys and names of one inventory apart: the last digits of digests, the tags of names. */
const TAIL = 10;

/**
 * 32 bits of a text's last characters and its length. The engine's own hash of a text reads all of it, in a call that costs
 * more than what is done with it: over millions of digests that is most of the time.
 */
export function tailHash(text: string): number {
  const { length } = text;
  let hash = length;
  for (let index = length > TAIL ? length - TAIL : 0; index < length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x9e3779b1);
  // Multiplying moves what it mixes upwards only: bring it down to where tables look.
  return hash ^ (hash >>> 15);
}
