import {
  INVENTORY_SCHEMA,
  type Accuracy,
  type Inventory,
  type Target,
} from "../inventory/inventory.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import type { BlobFile } from "./blob-files.ts";
import { reachableFrom, walkContent } from "./content-walk.ts";
import { describeImage, type LayoutContent } from "./describe-image.ts";
import { findBlobs, readImageConfigs } from "./image-facts.ts";
import { openLayout, readIndexFile, readIndexText, type IndexFile } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { isBinEntry, ownEntries } from "./recovery-records.ts";
import { relateImages } from "./relate-images.ts";

/** A writer that goes on for longer than this many readings is given up on. */
const MAX_READINGS = 4;

export interface LayoutReaderOptions {
  readonly directory: string;
  readonly target: Target;
  readonly now: Clock;
  /** A blob younger than this is not swept: another writer may be about to name it. */
  readonly graceMs: number;
}

/** Reads an OCI image layout directory: one image per digest that index.json names. */
export function createLayoutReader(options: LayoutReaderOptions): ImageReader {
  return {
    target: options.target,
    async observe(observeOptions) {
      const root = await openLayout(options.directory);
      for (let reading = 1; ; reading += 1) {
        const index = await readIndexFile(root);
        const inventory = await readInventory(root, index, options, observeOptions);
        // What is missing may have been removed together with its entry while this was reading.
        if (inventory.complete || (await readIndexText(root)) === index.text) return inventory;
        if (reading === MAX_READINGS) throw changingError(root);
      }
    },
  };
}

function changingError(root: string): LayoutError {
  return new LayoutError("changing", {
    file: root,
    detail: `index.json changed during each of ${MAX_READINGS} readings`,
    hint: "Try again when nothing else writes this layout.",
  });
}

async function readInventory(
  root: string,
  index: IndexFile,
  { target, now, graceMs }: LayoutReaderOptions,
  observeOptions: ObserveOptions,
): Promise<Inventory> {
  const nowMs = now();
  const descriptors = ownEntries(index.entries).map(({ descriptor }) => descriptor);
  const inBin = index.entries.filter(isBinEntry).map(({ descriptor }) => descriptor);
  const listed = [...descriptors, ...inBin];
  const content = await walkContent(root, listed, nowMs - graceMs, observeOptions);
  const configs = await readImageConfigs(root, content, observeOptions);
  const files = await findBlobs(
    root,
    reachableFrom(content, descriptors).keys(),
    observeOptions.signal,
  );
  const layout: LayoutContent = { root, content, configs, files };

  const described = groupByDigest(descriptors).map((entries) =>
    describeImage(layout, entries, nowMs),
  );
  const problems = described.flatMap(({ image, problems }) =>
    problems.map((problem) => `${image.references[0] ?? image.id}: ${problem}`),
  );
  return {
    schema: INVENTORY_SCHEMA,
    target,
    takenAt: new Date(nowMs).toISOString(),
    complete: problems.length === 0,
    problems,
    unread: problems.length === 0 ? [] : ["images"],
    accuracy: accuracyOf(layout),
    images: relateImages(content, described),
    blobs: fromFiles(layout, ({ sizeBytes }) => sizeBytes),
    diskBytes: fromFiles(layout, ({ diskBytes }) => diskBytes),
    heldBlobs: heldBlobs(layout, inBin, nowMs - graceMs),
    containers: [],
    services: [],
    volumes: [],
    networks: [],
    buildCache: [],
  };
}

function groupByDigest(
  descriptors: readonly Descriptor[],
): readonly [Descriptor, ...Descriptor[]][] {
  const groups = new Map<Digest, [Descriptor, ...Descriptor[]]>();
  for (const descriptor of descriptors) {
    const group = groups.get(descriptor.digest);
    if (group === undefined) groups.set(descriptor.digest, [descriptor]);
    else group.push(descriptor);
  }
  return [...groups.values()].toSorted(([a], [b]) => (a.digest < b.digest ? -1 : 1));
}

function accuracyOf({ files }: LayoutContent): Accuracy {
  const linked = [...files.values()].filter(({ hardLinks }) => hardLinks > 1).length;
  if (linked === 0) return { kind: "exact" };
  return {
    kind: "up-to",
    detail: `${linked} blobs have another name in this file system, which keeps their space`,
  };
}

/** What a sweep would leave: it, or a manifest that names it, was written just now, or a recovery bin needs it. */
function heldBlobs(
  { content, files }: LayoutContent,
  inBin: readonly Descriptor[],
  graceStartMs: number,
): Readonly<Record<string, string>> {
  const arriving = reachableFrom(content, content.arriving);
  const binned = reachableFrom(content, inBin);
  const held = [...files].flatMap(([digest, { modifiedAtMs }]): [string, string][] => {
    if (modifiedAtMs > graceStartMs)
      return [[digest, "the grace period of a blob written just now"]];
    if (binned.has(digest)) return [[digest, "the recovery bin in the same directory"]];
    return arriving.has(digest) ? [[digest, "a manifest written just now"]] : [];
  });
  return Object.fromEntries(held.toSorted(byKey));
}

function fromFiles(
  { files }: LayoutContent,
  pick: (file: BlobFile) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...files].map(([digest, file]): [string, number] => [digest, pick(file)]).toSorted(byKey),
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
