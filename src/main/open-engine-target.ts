import type { ResolvedEngine } from "../config/resolve-engine.ts";
import { findCredentials } from "../credentials/find-credentials.ts";
import type { ContainerdIndex } from "../docker/containerd-index.ts";
import { registryAuthHeader } from "../docker/registry-auth.ts";
import { connectEngine } from "../docker/engine-client.ts";
import { EngineImageDetails } from "../docker/image-details.ts";
import { EngineImageTransfer } from "../docker/image-transfer.ts";
import { nextTurn } from "../docker/next-turn.ts";
import { readEngine, type EngineTraits } from "../docker/read-engine.ts";
import type { RememberedPreviews } from "../docker/remembered-previews.ts";
import { createEngineReader } from "../docker/read-inventory.ts";
import { readLayers } from "../docker/read-layers.ts";
import { engineIdentity } from "../inventory/inventory.ts";
import { createTargetSession } from "../operations/create-target-session.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { Recreator } from "../ports/removed-record.ts";
import { createFactsCache } from "../store/sqlite-facts-cache.ts";
import { loadSqlite } from "../store/sqlite.ts";
import { openMemory } from "./memory.ts";
import { openBin, viewBin } from "./open-bin.ts";
import { openRegistryLookup } from "./open-registry-lookup.ts";
import type { OpenOptions } from "./open-options.ts";

export async function openEngineTarget(
  { name, endpoint }: ResolvedEngine,
  options: OpenOptions,
): Promise<TargetSession> {
  const { settings, clock, signal, notify } = options;
  const { apiVersion, configDir } = settings.docker;
  const connecting = connectEngine(endpoint, {
    signal,
    ...(apiVersion === undefined ? {} : { apiVersion }),
  });
  // Who waits for it below is told of a failure.
  connecting.catch(() => undefined);
  await nextTurn();
  // Nearly every command needs these two, and loading them takes no longer than the engine's first answer.
  loadSqlite();
  process.getBuiltinModule("node:crypto");
  const client = await connecting;
  let traits: Promise<EngineTraits> | undefined;
  const readTraits = (): Promise<EngineTraits> => (traits ??= readEngine(client, signal));
  // Nearly every command needs it, and there is much to do until the answer comes. Who needs it is told of a failure.
  readTraits().catch(() => undefined);
  await nextTurn();
  const cache = createFactsCache(settings.cacheDir, notify);
  const memory = openMemory(options);
  // What removes is not cut off by Ctrl-C: removals in flight end, and are measured.
  const unhurried = new AbortController().signal;
  let index: ContainerdIndex | undefined;
  const { containerdAddress } = settings;
  let content: Promise<ImageContentReader> | undefined;
  /** Reading archives takes libraries that most commands need not load. */
  const openContent = async (): Promise<ImageContentReader> => {
    const { SavedImageContent } = await import("../docker/save-content.ts");
    const { StoredLayerContent } = await import("../docker/stored-layer-content.ts");
    const { readsStoredLayers, StoredLayers } = await import("../docker/stored-layers.ts");
    const traits = await readTraits();
    const saved = new SavedImageContent(client, traits.engine);
    return readsStoredLayers(traits)
      ? new StoredLayerContent(new StoredLayers(traits.engine.rootDir), saved)
      : saved;
  };
  const readContent = (): Promise<ImageContentReader> => (content ??= openContent());
  const openRecreator = async (): Promise<Recreator> => {
    const { EngineRecreator } = await import("../docker/recreate-resources.ts");
    return new EngineRecreator(client);
  };
  let previews: RememberedPreviews | undefined;
  const openPreviews = async (): Promise<RememberedPreviews> => {
    const [remembered, engine] = await Promise.all([
      import("../docker/remembered-previews.ts"),
      readTraits(),
    ]);
    return (previews ??= new remembered.RememberedPreviews(client, cache, engine));
  };
  const transfer = new EngineImageTransfer(client, async (registry) =>
    registryAuthHeader(registry, await findCredentials(configDir, registry)),
  );
  return createTargetSession({
    reader: createEngineReader({
      client,
      target: { kind: "engine", name, address: client.address },
      cache,
      now: clock,
      readTraits,
      ...(containerdAddress === undefined ? {} : { containerdAddress }),
    }),
    details: new EngineImageDetails(client, (id) =>
      readLayers(
        {
          client,
          cache,
          signal,
          ...(containerdAddress === undefined ? {} : { containerdAddress }),
        },
        id,
      ),
    ),
    transfer,
    recovery: {
      reader: {
        formOf: async (id) => (await readContent()).formOf(id),
        async *readContent(id, form, wanted) {
          yield* (await readContent()).readContent(id, form, wanted);
        },
      },
      writer: {
        async writeImage(content, writing) {
          const { LoadedImageContent } = await import("../docker/load-content.ts");
          const { packImage } = await import("../recovery/pack-image.ts");
          const { engine } = await readTraits();
          return new LoadedImageContent(client, engine, packImage).writeImage(content, writing);
        },
      },
      names: transfer,
      openBin: (directory) => openBin(options, directory),
      viewBin: (directory) => viewBin(options, directory),
      previewSave: async (image, looking) => (await openPreviews()).preview(image, looking),
      openLookup: () => openRegistryLookup(options),
      openSpeeds: async () => {
        const { createSpeedLog } = await import("../store/speed-log.ts");
        return createSpeedLog(cache, (await readTraits()).scope);
      },
      openVolumes: async () => {
        const { openEngineVolumes } = await import("./open-engine-volumes.ts");
        return openEngineVolumes(client, readTraits, settings);
      },
    },
    describer: {
      async describe(kind, id) {
        const { EngineDescriber } = await import("../docker/record-resources.ts");
        return new EngineDescriber(client).describe(kind, id);
      },
    },
    recreator: {
      recreateContainer: async (...asked) => (await openRecreator()).recreateContainer(...asked),
      recreateNetwork: async (record) => (await openRecreator()).recreateNetwork(record),
    },
    readEngineId: async () => engineIdentity((await readTraits()).engine),
    openRemover: async () => {
      const [engine, { EngineImageRemover }, { openContainerdIndex }] = await Promise.all([
        readTraits(),
        import("../docker/image-remover.ts"),
        import("../docker/containerd-index.ts"),
      ]);
      index ??= await openContainerdIndex(client, engine, containerdAddress, unhurried);
      return new EngineImageRemover(client, {
        imageStore: engine.engine.imageStore,
        managesSwarm: engine.managesSwarm,
        ...(index === undefined ? {} : { imageIndex: index }),
      });
    },
    openJournal: memory.openJournal,
    sightings: memory.sightings,
    leases: memory.leases,
    clock,
    notify,
    close() {
      index?.close();
      client.close();
      previews?.save();
      cache.close();
      memory.close();
      return Promise.resolve();
    },
  });
}
