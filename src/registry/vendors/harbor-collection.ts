import type { CollectionJob, ServerCollection } from "../../ports/server-upkeep.ts";
import { textIn } from "../api-fields.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import { HARBOR_API } from "./harbor-api.ts";

const GC = `${HARBOR_API}/system/gc`;
const LOG_LINES = 200;

/** goharbor/harbor, src/jobservice/job/status.go. */
const STATES: Readonly<Record<string, CollectionJob["state"]>> = {
  Pending: "waiting",
  Scheduled: "waiting",
  Running: "running",
  Success: "done",
  Error: "failed",
  Stopped: "stopped",
};

/** Harbor's garbage collection (goharbor/harbor, api/v2.0/swagger.yaml, tag `gc`), which runs while it is used. */
export function harborCollection(api: VendorApi): ServerCollection {
  const look = async (id: string): Promise<CollectionJob> => {
    const { body } = await api.get(`${GC}/${encodeURIComponent(id)}`);
    return readRun(api, (body ?? {}) as ApiObject);
  };
  const begin = async (dryRun: boolean): Promise<CollectionJob> => {
    const { answer } = await api.send("POST", `${GC}/schedule`, {
      schedule: { type: "Manual" },
      // What has no tag is left to plans, which know what still needs it.
      parameters: { delete_untagged: false, dry_run: dryRun, workers: 1 },
    });
    const id = /\/(\d+)$/.exec(answer.header("location") ?? "")?.[1];
    if (id === undefined)
      throw api.malformed(`POST ${GC}/schedule`, "it does not tell which run it is");
    return look(id);
  };
  return {
    readOnly: false,
    dryRun: () => begin(true),
    start: () => begin(false),
    look,
    async log(id) {
      const text = await api.text(`${GC}/${encodeURIComponent(id)}/log`);
      return text
        .split("\n")
        .filter((line) => line !== "")
        .slice(-LOG_LINES);
    },
  };
}

function readRun(api: VendorApi, run: ApiObject): CollectionJob {
  const { id } = run;
  const status = textIn(run, "job_status") ?? "";
  const state = Object.hasOwn(STATES, status) ? STATES[status] : undefined;
  if (typeof id !== "number" || state === undefined)
    throw api.malformed(
      `GET ${GC}`,
      `it tells of a run without an ID, or in the state "${status}"`,
    );
  return { id: String(id), state, detail: status };
}
