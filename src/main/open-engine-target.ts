import type { ResolvedEngine } from "../config/resolve-engine.ts";
import { findCredentials } from "../credentials/find-credentials.ts";
import type { ContainerdIndex } from "../docker/containerd/containerd-index.ts";
import { connectEngine, type EngineClient } from "../docker/connection/engine-client.ts";
import { EngineImageDetails } from "../docker/image-details.ts";
import { EngineImageTransfer } from "../docker/image-transfer.ts";
import { nextTurn } from "../docker/next-turn.ts";
import { readEngine, type EngineTraits } from "../docker/read-engine.ts";
import { createEngineReader } from "../docker/read-inventory.ts";
import { readLayers } from "../docker/layers/read-layers.ts";
import { registryAuthHeader } from "../docker/registry-auth.ts";
import { engineIdentity } from "../inventory/inventory.ts";
import { createTargetSession } from "../operations/create-target-session.ts";
import type { TargetSession } from "../operations/target-session.ts";
import { createFactsCache } from "../store/sqlite-facts-cache.ts";
import { loadSqlite } from "../store/sqlite.ts";
import { engineRecovery } from "./engine-recovery.ts";
import { openMemory } from "./memory.ts";
import type { OpenOptions } from "./open-options.ts";

export async function openEngineTarget(
  { name, endpoint }: ResolvedEngine,
  options: OpenOptions,
): Promise<TargetSession> {
  const { settings, clock, signal, notify } = options;
  const client = await connect(endpoint, options);
  let traits: Promise<EngineTraits> | undefined;
  const readTraits = (): Promise<EngineTraits> => (traits ??= readEngine(client, signal));
  // Nearly every command needs it, and there is much to do until the answer comes. Who needs it is told of a failure.
  readTraits().catch(() => undefined);
  await nextTurn();
  const cache = createFactsCache(settings.cacheDir, notify);
  const memory = openMemory(options);
  const { containerdAddress } = settings;
  const containerd = containerdAddress === undefined ? {} : { containerdAddress };
  const transfer = new EngineImageTransfer(client, async (registry) =>
    registryAuthHeader(registry, await findCredentials(settings.docker.configDir, registry)),
  );
  const { saveLearnt, ...comingBack } = engineRecovery(
    { client, readTraits, cache, transfer },
    options,
  );
  // What removes is not cut off by Ctrl-C: removals in flight end, and are measured.
  const unhurried = new AbortController().signal;
  let index: ContainerdIndex | undefined;
  return createTargetSession({
    reader: createEngineReader({
      client,
      target: { kind: "engine", name, address: client.address },
      cache,
      now: clock,
      readTraits,
      ...containerd,
    }),
    details: new EngineImageDetails(client, (id) =>
      readLayers({ client, cache, signal, ...containerd }, id),
    ),
    transfer,
    ...comingBack,
    readEngineId: async () => engineIdentity((await readTraits()).engine),
    openRemover: async () => {
      const [engine, { EngineImageRemover }, { openContainerdIndex }] = await Promise.all([
        readTraits(),
        import("../docker/removal/image-remover.ts"),
        import("../docker/containerd/containerd-index.ts"),
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
      saveLearnt();
      cache.close();
      memory.close();
      return Promise.resolve();
    },
  });
}

async function connect(
  endpoint: ResolvedEngine["endpoint"],
  { settings, signal }: OpenOptions,
): Promise<EngineClient> {
  const { apiVersion } = settings.docker;
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
  return connecting;
}
