import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { SeededRandom } from "./seeded-random.ts";
import { tarArchive, type TarEntry } from "./tar-writer.ts";

/** A layer ready to be put into archives; the same object in several images is one blob. */
export interface ImageLayer {
  /** Digest of the uncompressed archive. */
  diffId: string;
  /** Digest of the blob as it is stored. */
  digest: string;
  blob: Buffer;
}

/** Files of random content: many small ones are what makes apparent and allocated bytes differ. */
export function randomLayer(
  random: SeededRandom,
  { files, fileBytes }: { files: number; fileBytes: number },
): ImageLayer {
  const folder = `data-${random.bytes(6).toString("hex")}`;
  const entries: TarEntry[] = [{ kind: "directory", name: folder }];
  for (let index = 0; index < files; index++)
    entries.push({ kind: "file", name: `${folder}/${index}`, content: random.bytes(fileBytes) });
  return layerOf(tarArchive(entries));
}

/** Compressed as registries serve it; random payload stays as long as it was. */
export function layerOf(archive: Buffer): ImageLayer {
  const blob = gzipSync(archive, { level: 1 });
  return { diffId: digestOf(archive), digest: digestOf(blob), blob };
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
