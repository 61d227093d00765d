import type { EngineClient } from "../docker/connection/engine-client.ts";
import type { EngineImageTransfer } from "../docker/image-transfer.ts";
import type { EngineTraits } from "../docker/read-engine.ts";
import type { RememberedPreviews } from "../docker/content/remembered-previews.ts";
import type { TargetParts } from "../operations/create-target-session.ts";
import type { TargetRecovery } from "../operations/recovery-setting.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { Recreator } from "../ports/removed-record.ts";
import { openBin, viewBin } from "./open-bin.ts";
import type { OpenOptions } from "./open-options.ts";
import { openRegistryLookup } from "./open-registry-lookup.ts";

interface Engine {
  readonly client: EngineClient;
  readonly readTraits: () => Promise<EngineTraits>;
  readonly cache: FactsCache;
  readonly transfer: EngineImageTransfer;
}

type ComingBack = Required<Pick<TargetParts, "recovery" | "describer" | "recreator">> & {
  /** Remembers what was learnt of images; before the cache is closed. */
  readonly saveLearnt: () => void;
};

/** How what goes from an engine is put by and comes back. Most commands use none of it, and load none of it. */
export function engineRecovery(engine: Engine, options: OpenOptions): ComingBack {
  const { client, readTraits, cache, transfer } = engine;
  let content: Promise<ImageContentReader> | undefined;
  const readContent = (): Promise<ImageContentReader> => (content ??= openContent(engine));
  const openRecreator = async (): Promise<Recreator> => {
    const { EngineRecreator } = await import("../docker/resources/recreate-resources.ts");
    return new EngineRecreator(client);
  };
  let previews: RememberedPreviews | undefined;
  const openPreviews = async (): Promise<RememberedPreviews> => {
    const [remembered, traits] = await Promise.all([
      import("../docker/content/remembered-previews.ts"),
      readTraits(),
    ]);
    return (previews ??= new remembered.RememberedPreviews(client, cache, traits));
  };
  const recovery: TargetRecovery = {
    reader: {
      formOf: async (id) => (await readContent()).formOf(id),
      async *readContent(id, form, wanted) {
        yield* (await readContent()).readContent(id, form, wanted);
      },
    },
    writer: {
      async writeImage(image, writing) {
        const { LoadedImageContent } = await import("../docker/content/load-content.ts");
        const { packImage } = await import("../recovery/pack-image.ts");
        const traits = await readTraits();
        return new LoadedImageContent(client, traits.engine, packImage).writeImage(image, writing);
      },
    },
    names: transfer,
    openBin: (directory) => openBin(options, directory),
    viewBin: (directory) => viewBin(options, directory),
    previewSave: async (image, signal) => (await openPreviews()).preview(image, signal),
    openLookup: () => openRegistryLookup(options),
    openSpeeds: async () => {
      const { createSpeedLog } = await import("../store/speed-log.ts");
      return createSpeedLog(cache, (await readTraits()).scope);
    },
    openVolumes: async () => {
      const { openEngineVolumes } = await import("./open-engine-volumes.ts");
      return openEngineVolumes(client, readTraits, options.settings);
    },
  };
  return {
    recovery,
    describer: {
      async describe(kind, id) {
        const { EngineDescriber } = await import("../docker/resources/record-resources.ts");
        return new EngineDescriber(client).describe(kind, id);
      },
    },
    recreator: {
      recreateContainer: async (...asked) => (await openRecreator()).recreateContainer(...asked),
      recreateNetwork: async (record) => (await openRecreator()).recreateNetwork(record),
    },
    saveLearnt: () => previews?.save(),
  };
}

/** Layers are read from the data root where it can be read, and else from what the engine saves. */
async function openContent({ client, readTraits }: Engine): Promise<ImageContentReader> {
  const { SavedImageContent } = await import("../docker/content/save-content.ts");
  const { StoredLayerContent } = await import("../docker/content/stored-layer-content.ts");
  const { readsStoredLayers, StoredLayers } = await import("../docker/content/stored-layers.ts");
  const traits = await readTraits();
  const saved = new SavedImageContent(client, traits.engine);
  return readsStoredLayers(traits)
    ? new StoredLayerContent(new StoredLayers(traits.engine.rootDir), saved)
    : saved;
}
