import type { MemoryRegistry } from "./memory-registry.ts";
import { errorAnswer, type Answer, type Asked } from "./serve.ts";

const JOB = /^\/api\/v0\/jobs\/([^/]+)(\/logs)?$/;

export interface DtrJobs {
  /** As an administrator chooses in the settings; `gc` makes the registry read-only. */
  online: boolean;
  /** What the next job ends as. */
  endsAs: string;
  readonly actions: string[];
  answer(asked: Asked): Answer | undefined;
}

/** Jobs of DTR (docker/docs, reference/dtr/2.7/api, tag `jobs`): waiting, running, and then at an end. */
export function dtrJobs(memory: MemoryRegistry): DtrJobs {
  const looks = new Map<string, number>();
  const jobs: DtrJobs = {
    online: true,
    endsAs: "done",
    actions: [],
    answer({ url, method, body }) {
      // POST /api/v0/jobs: all of forms.JobSubmission is required.
      if (url.pathname === "/api/v0/jobs" && method === "POST") {
        const form = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
        const lacking = REQUIRED.filter((field) => !(field in form));
        if (lacking.length > 0) return errorAnswer(400, "INVALID_FORM", lacking.join());
        jobs.actions.push(String(form["action"]));
        const id = `job-${jobs.actions.length}`;
        looks.set(id, 0);
        return { status: 202, body: jobOf(id, "waiting") };
      }
      const [, id = "", logs] = JOB.exec(url.pathname) ?? [];
      const look = looks.get(id);
      if (look === undefined) return undefined;
      // GET /api/v0/jobs/{jobID}/logs
      if (logs !== undefined)
        return { status: 200, body: [{ lineNum: 1, data: "deleted 2 blobs" }] };
      // GET /api/v0/jobs/{jobID}
      looks.set(id, look + 1);
      if (look === 0) return { status: 200, body: jobOf(id, "running") };
      if (look === 1 && jobs.endsAs === "done") collect(memory);
      return { status: 200, body: jobOf(id, jobs.endsAs) };
    },
  };
  const jobOf = (id: string, status: string): object => ({
    id,
    status,
    action: jobs.actions.at(-1),
    workerID: "000000000000",
  });
  return jobs;
}

const REQUIRED = [
  "action",
  "parameters",
  "retries",
  "capacityMap",
  "deadline",
  "stopTimeout",
  "scheduledAt",
];

/** What no tag reaches goes. */
function collect(memory: MemoryRegistry): void {
  for (const [name, { tags, manifests }] of memory.repositories) {
    const kept = new Set<string>();
    const waiting = [...tags.values()].map(({ digest }) => digest);
    for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
      if (kept.has(digest)) continue;
      kept.add(digest);
      waiting.push(...memory.childrenOf(name, digest));
    }
    for (const digest of manifests.keys()) if (!kept.has(digest)) manifests.delete(digest);
  }
}
