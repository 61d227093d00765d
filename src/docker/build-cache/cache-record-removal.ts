import type { CacheRecord } from "../../inventory/resources.ts";
import type { Removal } from "../../ports/image-remover.ts";
import { readBuildCache } from "./build-cache-records.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { notRemoved, removalOfError, removed } from "../removal/removal.ts";
import { SharedLook } from "../removal/shared-look.ts";

/** The engine reads the `id` filter as a regular expression: a text that could match another record is not an ID. */
const RECORD_ID = /^[a-z0-9]{20,64}$/;

/** Removes single records of the build cache, by the only way there is: a prune that is limited to one ID. */
export class CacheRecordRemoval {
  readonly #client: EngineClient;
  readonly #records: SharedLook<readonly CacheRecord[]>;

  constructor(client: EngineClient) {
    this.#client = client;
    const never = new AbortController().signal;
    this.#records = new SharedLook(() => readBuildCache(client, never));
  }

  async remove(id: string): Promise<Removal> {
    if (!RECORD_ID.test(id))
      return notRemoved("refused", `"${id}" is not the ID of a build-cache record`);
    try {
      const records = await this.#records.take();
      const record = records.find((each) => each.id === id);
      if (record === undefined) return notRemoved("gone", "no such record");
      if (record.inUse) return notRemoved("conflict", "a build is using it");
      const child = records.find(({ parents }) => parents.includes(id));
      if (child !== undefined) return notRemoved("conflict", `record ${child.id} stands on it`);
      return await this.#prune(record);
    } catch (error) {
      return removalOfError(error);
    }
  }

  async #prune({ id, shared }: CacheRecord): Promise<Removal> {
    // `all`: without it a record that an image stands on is passed over. No size limits: engines that do not know one
    // would take the request for an unlimited prune.
    const query = { all: 1, filters: { id: [id] } };
    const { body } = await this.#client.request("POST", "/build/prune", { query });
    const answer = (body ?? {}) as {
      CachesDeleted?: readonly string[] | null;
      SpaceReclaimed?: number;
    };
    if (!answer.CachesDeleted?.includes(id))
      return notRemoved("conflict", "the engine has kept it");
    // The engine counts a shared record's bytes although an image goes on holding them.
    return removed({ freedBytes: shared ? 0 : (answer.SpaceReclaimed ?? 0) });
  }
}
