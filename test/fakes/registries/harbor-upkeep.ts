import type { MemoryRegistry } from "./memory-registry.ts";
import type { Answer, Asked } from "./serve.ts";

const PROJECT = /^\/api\/v2\.0\/projects\/([^/]+)(\/immutabletagrules)?$/;
const RUN = /^\/api\/v2\.0\/system\/gc\/(\d+)(\/log)?$/;
const RETENTION = /^\/api\/v2\.0\/retentions\/1(\/executions(?:\/7\/tasks(?:\/(\d+))?)?)?$/;

export interface HarborUpkeep {
  /** The retention policy of every project (definition `RetentionPolicy`); absent: none has one. */
  retention?: object;
  /** Artifacts that its dry run takes, by `repository@digest`. */
  readonly taken: Set<string>;
  /** As when the log is cut off. */
  logIsWhole: boolean;
  /** Parameters of the garbage collections that were started. */
  readonly collections: object[];
  answer(asked: Asked): Answer | undefined;
}

/** Retention and garbage collection of Harbor 2 (goharbor/harbor, api/v2.0/swagger.yaml, tags `Retention` and `gc`). */
export function harborUpkeep(memory: MemoryRegistry): HarborUpkeep {
  let looks = 0;
  const upkeep: HarborUpkeep = {
    taken: new Set(),
    logIsWhole: true,
    collections: [],
    answer(asked) {
      const { url, method, body } = asked;
      const [, project, rules] = PROJECT.exec(url.pathname) ?? [];
      // operationId ListImmuRules
      if (rules !== undefined) return { status: 200, body: [] };
      // operationId getProject
      if (project !== undefined) {
        const metadata = upkeep.retention === undefined ? {} : { retention_id: "1" };
        return { status: 200, body: { name: project, metadata } };
      }
      // operationId createGCSchedule, with a schedule of type Manual
      if (url.pathname === "/api/v2.0/system/gc/schedule" && method === "POST") {
        const { parameters } = JSON.parse(body.toString("utf8")) as { parameters: object };
        upkeep.collections.push(parameters);
        looks = 0;
        const location = `/api/v2.0/system/gc/${upkeep.collections.length}`;
        return { status: 201, headers: { location } };
      }
      const [, run, log] = RUN.exec(url.pathname) ?? [];
      // operationId getGCLog
      if (log !== undefined)
        return { status: 200, body: Buffer.from("3 blobs eligible\nfreed 1 MiB\n") };
      // operationId getGC
      if (run !== undefined) {
        const job_status = looks++ === 0 ? "Running" : "Success";
        return {
          status: 200,
          body: { id: Number(run), job_name: "GARBAGE_COLLECTION", job_status },
        };
      }
      const [isRetention, executions, task] = RETENTION.exec(url.pathname) ?? [];
      if (isRetention === undefined || upkeep.retention === undefined) return undefined;
      // operationId getRetention
      if (executions === undefined) return { status: 200, body: upkeep.retention };
      // operationId triggerRetentionExecution
      if (method === "POST")
        return JSON.parse(body.toString("utf8")).dry_run === true
          ? { status: 201, headers: { location: `${url.pathname}/7` } }
          : { status: 500 };
      // operationId getRetentionTaskLog
      if (task !== undefined) return { status: 200, body: Buffer.from(logOf(Number(task))) };
      // operationId listRetentionTasks: each repository is one.
      const names = [...memory.repositories.keys()];
      const page = Number(url.searchParams.get("page") ?? 1);
      const tasks = names.map((name, id) => {
        const all = artifactsOf(name);
        const retained = all.filter(({ isTaken }) => !isTaken).length;
        const repository = name.slice(name.indexOf("/") + 1);
        return { id, execution_id: 7, repository, status: "Success", total: all.length, retained };
      });
      return { status: 200, body: page === 1 ? tasks : [] };
    },
  };

  const artifactsOf = (name: string) =>
    [...memory.open(name).manifests.keys()].map((digest) => ({
      digest,
      tags: memory.tagsOf(name, digest),
      isTaken: upkeep.taken.has(`${name}@${digest}`),
    }));

  /** src/pkg/retention/job.go, logResults: a table of olekukonko/tablewriter, with empty rows in front. */
  const logOf = (task: number): string => {
    const name = [...memory.repositories.keys()][task] ?? "";
    const artifacts = artifactsOf(name);
    const rows = (upkeep.logIsWhole ? artifacts : artifacts.slice(1)).map(
      ({ digest, tags, isTaken }) =>
        `| ${digest} | ${tags.join(",")} | image |        | 2026/01/01 00:00:00 |            | 2026/01/01 00:00:00 | ${isTaken ? "DEL" : "RETAIN"}    |`,
    );
    return [
      "2026-11-21T12:00:00Z [INFO] [/pkg/retention/job.go:83]: Run retention process.",
      "2026-11-21T12:00:00Z [INFO] [/pkg/retention/job.go:180]: ",
      "|  Digest  | Tag | Kind  | Labels | PushedTime | PulledTime | CreatedTime | Retention |",
      "|----------|-----|-------|--------|------------|------------|-------------|-----------|",
      "|          |     |       |        |            |            |             |           |",
      ...rows,
      "",
    ].join("\n");
  };
  return upkeep;
}
