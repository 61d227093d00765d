import { digestOf, type ImageLayer } from "../test/harness/image-layer.ts";
import type { SeededRandom } from "../test/harness/seeded-random.ts";
import { tarArchive, type TarEntry } from "../test/harness/tar-writer.ts";

const BLOCK_BYTES = 32 * 1024;
const FILE_BYTES = 4 * 2 ** 20;
const WORDS = "the of layer and image to is for content with that manifest registry as on".split(
  " ",
);

/** A layer whose content compresses by about half: blocks of noise and blocks of words in turn. Its blob is its tar. */
export function halfCompressibleLayer(random: SeededRandom, sizeBytes: number): ImageLayer {
  const folder = `data-${random.bytes(6).toString("hex")}`;
  const entries: TarEntry[] = [{ kind: "directory", name: folder }];
  for (let made = 0; made < sizeBytes; made += FILE_BYTES) {
    const content = halfCompressible(random, Math.min(FILE_BYTES, sizeBytes - made));
    entries.push({ kind: "file", name: `${folder}/${made}`, content });
  }
  const blob = tarArchive(entries);
  const digest = digestOf(blob);
  return { diffId: digest, digest, blob };
}

function halfCompressible(random: SeededRandom, sizeBytes: number): Buffer {
  const content = random.bytes(sizeBytes);
  for (let at = BLOCK_BYTES; at < sizeBytes; at += 2 * BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, sizeBytes);
    // The noise that is there picks the words.
    const picks = Buffer.from(content.subarray(at, end));
    for (let pick = 0, to = at; to < end; pick += 1) {
      const word = WORDS[(picks[pick] ?? 0) % WORDS.length] ?? "";
      to += content.write(`${word} `, to, Math.min(word.length + 1, end - to), "latin1");
    }
  }
  return content;
}
