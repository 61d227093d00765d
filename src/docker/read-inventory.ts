import { INVENTORY_SCHEMA, type Inventory, type Target } from "../inventory/inventory.ts";
import type { Clock } from "../ports/clock.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import type { CacheRecord } from "../inventory/resources.ts";
import { readBuildCache, tellsBuildCacheAlone } from "./build-cache/build-cache-records.ts";
import { rememberBuildCache } from "./build-cache/build-cache-remembered.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { nextTurn } from "./next-turn.ts";
import { readContainers } from "./read-containers.ts";
import { readDisk, type EngineTraits } from "./read-engine.ts";
import { readGraphdriverImages } from "./read-graphdriver-images.ts";
import type { ImageReading, ImagesRead } from "./read-images.ts";
import { usedAtByImage } from "./read-image.ts";
import { awaitedLater, listAhead } from "./read-list-ahead.ts";
import { readNetworks } from "./read-networks.ts";
import { ReadProblems } from "./read-problem.ts";
import { RememberedImages } from "./remembered-images.ts";
import { readServices } from "./read-services.ts";
import { readVolumes } from "./read-volumes.ts";

export interface EngineReaderOptions {
  readonly client: EngineClient;
  readonly target: Target;
  readonly cache: FactsCache;
  readonly now: Clock;
  /** What kind of engine it is; a session asks once for all that need it. */
  readonly readTraits: () => Promise<EngineTraits>;
  /** The socket of the engine's containerd, where it is neither told by the engine nor in a usual place. */
  readonly containerdAddress?: string;
}

/** Reads the inventory of a Docker or Podman engine. */
export function createEngineReader(options: EngineReaderOptions): ImageReader {
  return { target: options.target, observe: (how) => observe(options, how) };
}

async function observe(
  options: EngineReaderOptions,
  { signal, onProgress }: ObserveOptions,
): Promise<Inventory> {
  const { client, cache, now } = options;
  const takenAt = new Date(now()).toISOString();
  const list = listAhead(client, cache, signal);
  const problems = new ReadProblems();
  const containers = awaitedLater(
    problems.attempt("containers", () => readContainers(client, signal), []),
  );
  const others = awaitedLater(
    Promise.all([
      problems.attempt("volumes", () => readVolumes(client, signal), []),
      problems.attempt("networks", () => readNetworks(client, signal), []),
    ]),
  );
  const buildCache = buildCacheReader(options, problems, signal);
  // The questions are on their way before anything is read here.
  await nextTurn();
  const remembered = new RememberedImages(cache, client.address);
  const traits = await options.readTraits();
  if (traits.engine.imageStore === "containerd") list.drop();
  const reading: ImageReading = {
    client,
    cache,
    traits,
    now,
    signal,
    containerdAddress: options.containerdAddress ?? traits.containerd.address,
    containers,
    buildCache: (ownRoot) => buildCache(traits.scope, ownRoot),
    usedAt: awaitedLater(containers.then((all) => usedAtByImage(all, takenAt))),
    remembered,
    list: () => list.take(),
    onProgress: (step, done, total) => onProgress?.({ step, done, total }),
  };
  const [images, services, [volumes, networks]] = await Promise.all([
    problems.attempt("images", () => readImages(reading), NOTHING),
    traits.managesSwarm ? problems.attempt("services", () => readServices(client, signal), []) : [],
    others,
  ]);
  list.close();
  const disk = images.rootIsOurs ? readDisk(traits.engine.rootDir) : undefined;
  return {
    schema: INVENTORY_SCHEMA,
    target: options.target,
    takenAt,
    complete: problems.unread.length === 0,
    problems: problems.sentences,
    unread: problems.unread,
    accuracy: images.accuracy,
    engine: { ...traits.engine, ...(disk === undefined ? {} : { disk }) },
    images: images.images,
    blobs: images.blobs,
    ...(images.diskBytes === undefined ? {} : { diskBytes: images.diskBytes }),
    heldBlobs: images.heldBlobs,
    containers: await containers,
    services,
    volumes,
    networks,
    buildCache: images.buildCache ?? (await reading.buildCache(undefined)),
  };
}

const NOTHING: ImagesRead = {
  images: [],
  blobs: {},
  heldBlobs: {},
  accuracy: { kind: "at-least", detail: "the images could not be read" },
  rootIsOurs: false,
};

async function readImages(reading: ImageReading): Promise<ImagesRead> {
  if (reading.traits.engine.imageStore === "graphdriver") return readGraphdriverImages(reading);
  const { readContainerdImages } = await import("./containerd/read-containerd-images.ts");
  return readContainerdImages(reading);
}

/**
 * Asks for the build cache once: at once, where the engine tells of it alone; else when somebody first wants it. Podman
 * has none of this kind: its answer to the question lists images and containers at great cost.
 */
function buildCacheReader(
  { client, cache }: EngineReaderOptions,
  problems: ReadProblems,
  signal: AbortSignal,
): (scope: string, ownRoot: string | undefined) => Promise<readonly CacheRecord[]> {
  if (client.engine.product === "podman") return () => Promise.resolve([]);
  const ask = () => readBuildCache(client, signal);
  const attempt = (read: typeof ask) => awaitedLater(problems.attempt("build-cache", read, []));
  let asked = tellsBuildCacheAlone(client) ? attempt(ask) : undefined;
  return (scope, ownRoot) =>
    (asked ??= attempt(() => rememberBuildCache(cache, scope, ownRoot, ask)));
}
