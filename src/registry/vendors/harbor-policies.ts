import { setTimeout as sleep } from "node:timers/promises";

import type { ServerPolicies, ServerPolicy, ServerRemoval } from "../../ports/server-upkeep.ts";
import { digestIn, fieldIn, textIn } from "../api-fields.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import { HARBOR_API, harborPages } from "./harbor-api.ts";
import { retainedInLog } from "./harbor-retention-log.ts";

const ENDED = new Set(["Success", "Error", "Stopped"]);
/** How long a dry run may take, how long until its tasks are there, and how often its state is asked for. */
const PATIENCE_MS = 120_000;
const BEGINS_WITHIN_MS = 15_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Harbor's retention policy of a project with its immutability rules, and its own dry run of them (goharbor/harbor,
 * api/v2.0/swagger.yaml, tags `Retention` and `Immutable`). There is one policy for a whole project, which is why none is
 * written from here.
 */
export function harborPolicies(
  api: VendorApi,
  repositories: () => AsyncIterable<string>,
): ServerPolicies {
  const read = oncePerProject((project) => readProject(api, project));
  const run = oncePerProject((project) => runDry(api, project));
  return {
    kind: "harbor",
    repositories,
    read,
    dryRun: async (repository) => (await run(repository)).get(repository) ?? [],
  };
}

/** What is so for all repositories of a project is asked for once. */
function oncePerProject<T>(
  ask: (project: string) => Promise<T>,
): (repository: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (repository) => {
    const project = projectOf(repository);
    const answer = asked.get(project) ?? ask(project);
    asked.set(project, answer);
    return answer;
  };
}

async function readProject(api: VendorApi, project: string): Promise<readonly ServerPolicy[]> {
  const rules: ServerPolicy[] = [];
  const path = `${HARBOR_API}/projects/${encodeURIComponent(project)}/immutabletagrules?`;
  for await (const rule of harborPages(api, path)) rules.push(rule);
  const id = await retentionOf(api, project);
  if (id === undefined) return rules;
  const { body } = await api.get(`${HARBOR_API}/retentions/${id}`);
  return [(body ?? {}) as ServerPolicy, ...rules];
}

function projectOf(repository: string): string {
  return repository.slice(0, repository.indexOf("/"));
}

async function retentionOf(api: VendorApi, project: string): Promise<string | undefined> {
  const { body } = await api.get(`${HARBOR_API}/projects/${encodeURIComponent(project)}`);
  const id = fieldIn(fieldIn(body, "metadata"), "retention_id");
  return typeof id === "string" && /^\d+$/.test(id) ? id : undefined;
}

async function runDry(
  api: VendorApi,
  project: string,
): Promise<ReadonlyMap<string, readonly ServerRemoval[]>> {
  const id = await retentionOf(api, project);
  if (id === undefined) return new Map();
  const executions = `${HARBOR_API}/retentions/${id}/executions`;
  const { answer } = await api.send("POST", executions, { dry_run: true });
  const execution = /\/(\d+)$/.exec(answer.header("location") ?? "")?.[1];
  if (execution === undefined)
    throw api.malformed(`POST ${executions}`, "it does not tell which run it is");
  const tasks = await endedTasks(api, `${executions}/${execution}/tasks`);
  const removals = new Map<string, readonly ServerRemoval[]>();
  for (const task of tasks) {
    const path = `${executions}/${execution}/tasks/${String(task["id"])}`;
    const repository = textIn(task, "repository");
    const log = retainedInLog(await api.text(path));
    const [total, retained] = [task["total"], task["retained"]];
    const kept = log.filter(({ verdict }) => verdict !== "DEL").length;
    // The log is a table for people: where its lines are not those that the task counts, it is not understood.
    if (repository === undefined || log.length !== total || kept !== retained)
      throw api.malformed(`GET ${path}`, "the log of its dry run does not fit its count");
    removals.set(
      `${project}/${repository}`,
      log.flatMap((line) => {
        const digest = digestIn(line, "digest");
        if (line.verdict !== "DEL" || digest === undefined) return [];
        return line.tags.map((tag) => ({ tag, digest }));
      }),
    );
  }
  return removals;
}

/** One for each repository that a rule is about; none where no rule is about any. */
async function endedTasks(api: VendorApi, path: string): Promise<readonly ApiObject[]> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const tasks: ApiObject[] = [];
    for await (const task of harborPages(api, `${path}?`)) tasks.push(task);
    const open = tasks.filter((task) => !ENDED.has(textIn(task, "status") ?? ""));
    if (tasks.length === 0 && waitedMs >= BEGINS_WITHIN_MS) return tasks;
    if (tasks.length > 0 && open.length === 0) {
      const failed = tasks.find((task) => textIn(task, "status") !== "Success");
      if (failed === undefined) return tasks;
      throw api.malformed(`GET ${path}`, `its dry run ended as ${textIn(failed, "status")}`);
    }
    if (waitedMs >= PATIENCE_MS) throw api.malformed(`GET ${path}`, "its dry run does not end");
    await sleep(LOOK_AGAIN_MS);
  }
}
