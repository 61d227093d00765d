import type { CollectionJob, ServerCollection } from "../../ports/server-upkeep.ts";
import { fieldIn, textIn } from "../api-fields.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import { DTR_API } from "./dtr-api.ts";

const JOBS = `${DTR_API}/jobs`;
/** So many lines of a job's log are read. */
const LOG_LINES = 200;

/** Both lists of states that are published: docker/docs, reference/dtr/2.7/api, and ee/dtr/admin/manage-jobs/job-queue.md. */
const STATES: Readonly<Record<string, CollectionJob["state"]>> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  canceled: "stopped",
  cancel: "stopped",
  cancel_request: "running",
  errored: "failed",
  error: "failed",
  deleted: "stopped",
  worker_dead: "failed",
  worker_shutdown: "failed",
  worker_resurrection: "failed",
};

/**
 * DTR's garbage collection as a job (docker/docs, ee/dtr/admin/manage-jobs). `onlinegc`, from 2.5 on where it was switched
 * on, leaves the registry in use; `gc` makes it read-only by itself.
 */
export async function dtrCollection(api: VendorApi): Promise<ServerCollection> {
  const { body } = await api.get(`${DTR_API}/meta/features`);
  const isOnline = fieldIn(body, "onlineGCEnabled") === true;
  return {
    readOnly: !isOnline,
    async start() {
      const answer = await api.send("POST", JOBS, {
        action: isOnline ? "onlinegc" : "gc",
        parameters: {},
        retries: 0,
        capacityMap: {},
        deadline: "",
        stopTimeout: "",
        scheduledAt: "",
      });
      return readJob(api, answer.body);
    },
    look: async (id) => readJob(api, (await api.get(`${JOBS}/${encodeURIComponent(id)}`)).body),
    async log(id) {
      const path = `${JOBS}/${encodeURIComponent(id)}/logs?limit=${LOG_LINES}`;
      const lines = api.objects((await api.get(path)).body, path);
      return lines.flatMap((line) => textIn(line, "data") ?? []);
    },
  };
}

function readJob(api: VendorApi, body: unknown): CollectionJob {
  const job = (body ?? {}) as ApiObject;
  const [id, status = ""] = [textIn(job, "id"), textIn(job, "status")];
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (id === undefined || state === undefined)
    throw api.malformed(
      `GET ${JOBS}`,
      `it tells of a job without an ID, or in the state "${status}"`,
    );
  return { id, state, detail: status };
}
