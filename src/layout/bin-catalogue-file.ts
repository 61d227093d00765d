import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import type { ConfigImage, StoredLayer } from "./bin-contents.ts";
import { systemErrorCode } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";
import type { RootContents } from "./root-contents.ts";

/** Beside index.json. It may be deleted at any time: all of it can be read again from the manifests. */
export const CATALOGUE_FILE = ".plimsoll.contents";
const VERSION = 2;

/** Digests are written once and named by their position. */
interface Document {
  readonly version: typeof VERSION;
  readonly digests: readonly Digest[];
  readonly sizes: readonly (readonly [digest: number, sizeBytes: number])[];
  readonly roots: readonly WrittenRoot[];
}

interface WrittenRoot {
  readonly key: string;
  readonly blobs: readonly number[];
  readonly config?: number;
  /** Only the first of each where the layer is left to a registry. */
  readonly layers?: readonly (readonly [diffId: number, blob?: number, unpackedBytes?: number])[];
}

/** Nothing where it is missing, of another version, or damaged: its first line is the digest of the rest. */
export async function readCatalogueFile(root: string): Promise<ReadonlyMap<string, RootContents>> {
  let text: string;
  try {
    text = await readFile(join(root, CATALOGUE_FILE), "utf8");
  } catch (error) {
    // It spares reading, no more: without it the manifests are read.
    if (systemErrorCode(error) !== undefined) return new Map();
    throw error;
  }
  const body = text.slice(text.indexOf("\n") + 1);
  if (text.slice(0, text.indexOf("\n")) !== checksum(body)) return new Map();
  // The digest is the evidence that this program has written it.
  const document = JSON.parse(body) as Document;
  return document.version === VERSION ? readRoots(document) : new Map();
}

function readRoots({ digests, sizes, roots }: Document): ReadonlyMap<string, RootContents> {
  const digestAt = (at: number): Digest => digests[at] ?? "";
  const sizeOf = new Map(sizes.map(([at, size]) => [digestAt(at), size]));
  const sized = (digest: Digest): [Digest, number] => [digest, sizeOf.get(digest) ?? 0];
  const layers = new Map<string, StoredLayer>();
  // Images share layers, and memory is spared by sharing what is known of them.
  const layerOf = (blob: number, unpackedBytes: number): StoredLayer => {
    const key = `${blob} ${unpackedBytes}`;
    const [digest, sizeBytes] = sized(digestAt(blob));
    const layer = layers.get(key) ?? { digest, sizeBytes, unpackedBytes };
    layers.set(key, layer);
    return layer;
  };
  return new Map(
    roots.map(({ key, blobs, config, layers: stack }): [string, RootContents] => {
      const contents = { sizes: new Map(blobs.map((at) => sized(digestAt(at)))) };
      if (config === undefined || stack === undefined) return [key, contents];
      const image: ConfigImage = {
        config: digestAt(config),
        diffIds: stack.map(([diffId]) => digestAt(diffId)),
        layers: new Map(
          stack.flatMap(([diffId, blob, unpacked]) =>
            blob === undefined || unpacked === undefined
              ? []
              : [[digestAt(diffId), layerOf(blob, unpacked)] as const],
          ),
        ),
      };
      return [key, { ...contents, config: image }];
    }),
  );
}

/** Writes it for the next time. A disk or directory that does not take it is no failure: nothing depends on it. */
export async function writeCatalogueFile(
  root: string,
  contents: ReadonlyMap<string, RootContents>,
): Promise<void> {
  const body = JSON.stringify(documentOf(contents));
  const file = join(root, CATALOGUE_FILE);
  const draft = `${file}.${process.pid}.new`;
  try {
    const handle = await open(draft, CREATE_NEW, 0o600);
    try {
      await handle.writeFile(`${checksum(body)}\n${body}`);
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    await rm(draft, { force: true });
  }
}

function documentOf(contents: ReadonlyMap<string, RootContents>): Document {
  const positions = new Map<Digest, number>();
  const at = (digest: Digest): number => {
    const known = positions.get(digest);
    if (known !== undefined) return known;
    positions.set(digest, positions.size);
    return positions.size - 1;
  };
  const sizes = new Map<number, number>();
  const roots = [...contents].map(([key, { sizes: below, config }]): WrittenRoot => {
    for (const [digest, size] of below) sizes.set(at(digest), size);
    const blobs = [...below.keys()].map(at);
    if (config === undefined) return { key, blobs };
    const layers = config.diffIds.map((diffId): [number] | [number, number, number] => {
      const layer = config.layers.get(diffId);
      if (layer === undefined) return [at(diffId)];
      return [at(diffId), at(layer.digest), layer.unpackedBytes];
    });
    return { key, blobs, config: at(config.config), layers };
  });
  return { version: VERSION, digests: [...positions.keys()], sizes: [...sizes], roots };
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
