import type { Image } from "../../inventory/image.ts";
import type { Digest } from "../../oci/digest.ts";
import type { LeaseResource } from "./containerd-records.ts";
import { containerdSeenAs, readContainerdFacts } from "./containerd-facts.ts";
import { originsOf } from "./containerd-origins.ts";
import { findContainerdFiles, type ContainerdFiles } from "./containerd-files.ts";
import { ContainerdGraph, hasExpired, snapshotOfKey } from "./containerd-graph.ts";
import { USAGES_IN_FLIGHT } from "./containerd-index.ts";
import { groupRecords, type RecordedImage } from "./containerd-names.ts";
import type { OpenContainerd } from "./containerd-open.ts";
import { FactsBook, type ImageFacts } from "../facts-book.ts";
import { eachInParallel } from "../../concurrency/each-in-parallel.ts";
import { readContainerdHoldings } from "./read-containerd-holdings.ts";
import type { ImageReading, ImagesRead } from "../read-images.ts";

const CALLS_IN_FLIGHT = 16;

/**
 * Images of a containerd store from containerd itself: the engine's own list takes a hundred times as long and tells
 * less. Blobs are content by digest, and snapshots.
 */
export async function readContainerdStore(
  reading: ImageReading,
  { api, records }: OpenContainerd,
): Promise<ImagesRead> {
  const { cache, traits, now, onProgress } = reading;
  const snapshotter = traits.driver;
  const [content, snapshots, allLeases] = await Promise.all([
    api.content(),
    api.snapshots(snapshotter),
    api.leases(),
  ]);
  const graph = new ContainerdGraph(content, snapshots, snapshotter);
  const leases = allLeases.filter((lease) => !hasExpired(lease, now()));
  const resources = new Map<string, readonly LeaseResource[]>();
  await eachInParallel(leases, { limit: CALLS_IN_FLIGHT }, async ({ id }) => {
    resources.set(id, await api.leaseResources(id));
  });

  const files = findContainerdFiles(traits.engine.rootDir, snapshotter, content[0]);
  const book = new FactsBook(cache, traits.scope);
  const recorded = groupRecords(records);
  const unknown = recorded.filter(
    ({ id }) => book.images.get(id)?.seenAs !== containerdSeenAs(id, graph),
  );
  const readContent =
    files === undefined
      ? (digest: Digest) => api.readContent(digest)
      : (digest: Digest) => files.readContent(digest);
  let looked = 0;
  await eachInParallel(unknown, { limit: CALLS_IN_FLIGHT }, async ({ id }) => {
    book.setImage(id, await readContainerdFacts(id, graph, readContent, traits.architecture));
    looked += 1;
    onProgress("reading image documents", looked, unknown.length);
  });

  const keysOf = new Map(recorded.map(({ id }) => [id, graph.standsOn(id)]));
  const keys = new Set<string>();
  for (const stack of keysOf.values()) for (const key of stack) keys.add(key);
  await measureSnapshots(reading, api, book, keys);
  enterContent(book, graph, files, keys);
  book.save(new Set(recorded.map(({ id }) => id)), keys);

  const usedAt = await reading.usedAt;
  const images = recorded.map((image) =>
    toContainerdImage(image, { book, graph, keys: keysOf, usedAt }),
  );
  return {
    images,
    ...bytesOf(book, keys),
    ...(await readContainerdHoldings(reading, api, {
      graph,
      leases,
      resources,
      imageIds: new Set(keysOf.keys()),
      keys,
    })),
    accuracy: { kind: "exact" },
    rootIsOurs: files !== undefined,
  };
}

/** Committed snapshots never change: each is measured once, ever. */
async function measureSnapshots(
  { traits, onProgress }: ImageReading,
  api: OpenContainerd["api"],
  book: FactsBook,
  keys: ReadonlySet<string>,
): Promise<void> {
  const unmeasured = [...keys].filter(
    (key) => snapshotOfKey(key) !== undefined && book.blobs.get(key)?.sizeBytes === undefined,
  );
  let measured = 0;
  await eachInParallel(unmeasured, { limit: USAGES_IN_FLIGHT }, async (key) => {
    book.addToBlob(key, {
      sizeBytes: await api.snapshotBytes(traits.driver, snapshotOfKey(key) ?? ""),
    });
    measured += 1;
    onProgress("measuring snapshots", measured, unmeasured.length);
  });
}

/** A snapshot's usage is in blocks already; content takes whole blocks of its file system. */
function enterContent(
  book: FactsBook,
  graph: ContainerdGraph,
  files: ContainerdFiles | undefined,
  keys: ReadonlySet<string>,
): void {
  for (const key of keys) {
    const known = book.blobs.get(key);
    const sizeBytes = graph.content.get(key)?.size ?? known?.sizeBytes ?? 0;
    if (known?.sizeBytes !== undefined && (known.diskBytes !== undefined || files === undefined))
      continue;
    const isContent = graph.content.has(key);
    const diskBytes = isContent
      ? files?.contentDiskBytes(key)
      : files === undefined
        ? undefined
        : sizeBytes + files.snapshotFolderBytes;
    book.addToBlob(key, diskBytes === undefined ? { sizeBytes } : { sizeBytes, diskBytes });
  }
}

function bytesOf(
  book: FactsBook,
  keys: ReadonlySet<string>,
): Pick<ImagesRead, "blobs" | "diskBytes"> {
  const blobs: Record<string, number> = {};
  const diskBytes: Record<string, number> = {};
  let measured = 0;
  for (const key of keys) {
    const facts = book.blobs.get(key);
    blobs[key] = facts?.sizeBytes ?? 0;
    if (facts?.diskBytes === undefined) continue;
    diskBytes[key] = facts.diskBytes;
    measured += 1;
  }
  return measured > 0 ? { blobs, diskBytes } : { blobs };
}

function toContainerdImage(
  recorded: RecordedImage,
  known: {
    book: FactsBook;
    graph: ContainerdGraph;
    keys: ReadonlyMap<Digest, ReadonlySet<string>>;
    usedAt: ReadonlyMap<Digest, string>;
  },
): Image {
  const { id, references, repoDigests, taggedAt, parent, foreignNames } = recorded;
  const facts = known.book.images.get(id);
  const lastUsedAt = known.usedAt.get(id);
  const children = (facts?.manifests ?? []).filter(
    (digest) => digest !== id && known.keys.has(digest),
  );
  return {
    id,
    references,
    repoDigests,
    ...(facts?.createdAt === undefined ? {} : { createdAt: facts.createdAt }),
    ...(taggedAt === undefined ? {} : { arrivedAt: taggedAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    origins: originsOf(known.graph.content.get(id)?.labels ?? {}),
    labels: facts?.labels ?? {},
    platforms: facts?.platforms ?? [],
    sizeBytes: statedSize(facts, known.graph, known.book),
    blobs: [...(known.keys.get(id) ?? [])],
    ...(parent === undefined ? {} : { parent }),
    ...(children.length === 0 ? {} : { children }),
    ...(foreignNames.length === 0
      ? {}
      : {
          unreadable: `its name ${foreignNames.join(", ")} is no reference: what it is for is not known`,
        }),
  };
}

/** As the engine's list has it: for each manifest its content and its snapshots, shared ones each time. */
function statedSize(
  facts: ImageFacts | undefined,
  graph: ContainerdGraph,
  book: FactsBook,
): number {
  let bytes = 0;
  for (const digest of facts?.manifests ?? []) {
    for (const key of graph.standsOn(digest)) bytes += book.blobs.get(key)?.sizeBytes ?? 0;
  }
  return bytes;
}
