import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { ContainerdApi } from "./containerd-api.ts";
import type { ImageRecord } from "./containerd-records.ts";
import type { ContainerdConnection } from "./containerd-connection.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { readEngine, type EngineTraits } from "../read-engine.ts";

/** The containerd of an engine, seen to be the one that holds its images. */
export interface OpenContainerd {
  readonly connection: ContainerdConnection;
  readonly api: ContainerdApi;
  readonly records: readonly ImageRecord[];
}

/** A containerd of the machine's own, and one that an engine started for itself. */
const USUAL_SOCKETS = ["/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock"];
/** An image may come or go between two looks. */
const ATTEMPTS = 2;

/**
 * Connects to the engine's containerd: at the given address, where the engine says, or at the usual places. Undefined
 * where none of them can be used, or holds this engine's images: a socket of the same path may be another machine's.
 */
export async function openContainerd(
  client: EngineClient,
  traits: EngineTraits,
  givenAddress: string | undefined,
  signal: AbortSignal,
): Promise<OpenContainerd | undefined> {
  if (!traits.isLocal) return undefined;
  const told = [givenAddress?.replace(/^unix:\/\//, ""), traits.containerd.address];
  for (const address of new Set([...told, ...USUAL_SOCKETS])) {
    if (address === undefined || !(await isWritable(address))) continue;
    // Loaded only here: gRPC takes longer to load than all other work of a command on an ordinary engine.
    const [{ ContainerdConnection }, { ContainerdApi }] = await Promise.all([
      import("./containerd-connection.ts"),
      import("./containerd-api.ts"),
    ]);
    const connection = new ContainerdConnection(address);
    const api = new ContainerdApi(connection, traits.containerd.namespace, signal);
    const records = await recordsOfEngine(client, traits, api, signal);
    if (records !== undefined) return { connection, api, records };
    connection.close();
  }
  return undefined;
}

/** The records, when there are as many as the engine counts and it knows the first of them by the same digest. */
async function recordsOfEngine(
  client: EngineClient,
  traits: EngineTraits,
  api: ContainerdApi,
  signal: AbortSignal,
): Promise<readonly ImageRecord[] | undefined> {
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { imageRecords } = attempt === 1 ? traits : await readEngine(client, signal);
      const records = await api.images();
      const digests = new Set(records.map((record) => record.target.digest));
      if (imageRecords !== records.length && imageRecords !== digests.size) continue;
      const [witness] = digests;
      if (witness === undefined) return records;
      const { body } = await client.request("GET", `/images/${witness}/json`, {
        signal,
        allow: [404],
      });
      if ((body as { Id?: string } | undefined)?.Id === witness) return records;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    return undefined;
  }
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
