import type { ContainerdApi } from "./containerd-api.ts";
import { COMMITTED, DANGLING_RECORD, timeOf } from "./containerd-records.ts";
import type { ContainerdConnection } from "./containerd-connection.ts";
import { snapshotKey } from "./containerd-graph.ts";
import { openContainerd } from "./containerd-open.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import type { ImageIndex } from "../removal/image-index.ts";
import { eachInParallel } from "../../concurrency/each-in-parallel.ts";
import type { EngineTraits } from "../read-engine.ts";
import { latest } from "../read-time.ts";

/** Usages asked for at once; containerd walks the files of each. */
export const USAGES_IN_FLIGHT = 16;

/** Quick looks at the images of a containerd store. */
export class ContainerdIndex implements ImageIndex {
  readonly #api: ContainerdApi;
  readonly #connection: ContainerdConnection;
  readonly #snapshotter: string;

  constructor(api: ContainerdApi, connection: ContainerdConnection, snapshotter: string) {
    this.#api = api;
    this.#connection = connection;
    this.#snapshotter = snapshotter;
  }

  close(): void {
    this.#connection.close();
  }

  async lookup(
    id: string,
  ): Promise<
    { readonly names: readonly string[]; readonly taggedAt: string | undefined } | undefined
  > {
    const records = await this.#api.images([`target.digest==${id}`]);
    if (records.length === 0) return undefined;
    // The record of an image without a name is as young as the loss of its last one.
    const named = records.filter(({ name }) => !name.startsWith(DANGLING_RECORD));
    return {
      names: records.map(({ name }) => name),
      taggedAt: latest(...named.map((record) => timeOf(record.updatedAt))),
    };
  }

  async blobsStillThere(keys: readonly string[]): Promise<readonly string[]> {
    const [content, snapshots] = await Promise.all([
      this.#api.content(),
      this.#api.snapshots(this.#snapshotter),
    ]);
    const present = new Set(content.map((info) => info.digest));
    for (const { name } of snapshots) present.add(snapshotKey(name));
    // One file for all namespaces: BuildKit's history has the documents of what it built in its own.
    for (const namespace of await this.#api.otherNamespaces()) {
      for (const { digest } of await this.#api.content(namespace)) present.add(digest);
    }
    return keys.filter((key) => present.has(key));
  }

  /** Content as it is stored, and what committed snapshots take; those of containers and running builds grow and shrink. */
  async contentBytes(): Promise<number> {
    const [content, snapshots] = await Promise.all([
      this.#api.content(),
      this.#api.snapshots(this.#snapshotter),
    ]);
    let bytes = 0;
    for (const { size } of content) bytes += size;
    const committed = snapshots.filter(({ kind }) => kind === COMMITTED);
    await eachInParallel(committed, { limit: USAGES_IN_FLIGHT }, async ({ name }) => {
      bytes += await this.#api.snapshotBytes(this.#snapshotter, name);
    });
    return bytes;
  }
}

/** Undefined where the engine has no containerd store, or its containerd cannot be reached. */
export async function openContainerdIndex(
  client: EngineClient,
  traits: EngineTraits,
  address: string | undefined,
  signal: AbortSignal,
): Promise<ContainerdIndex | undefined> {
  if (traits.engine.imageStore !== "containerd") return undefined;
  const opened = await openContainerd(client, traits, address, signal);
  return opened && new ContainerdIndex(opened.api, opened.connection, traits.driver);
}
