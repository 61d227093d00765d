import { expect } from "vitest";
import type { UndoReport } from "../../src/operations/undo.ts";
import type { Action, Plan } from "../../src/plan/plan.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { baseRootFs } from "../harness/base-image.ts";
import { callApi, callApiJson, callApiStream, queryString } from "../harness/engine-api.ts";
import { expectAll, newImage, newLayer, random } from "./contract-images.ts";
import type { ContractSession } from "./contract-session.ts";
import type { EngineTarget } from "./engine-target.ts";

const EVERYTHING: Policy = {
  source: "undo",
  protect: [],
  images: [{ name: "images", match: {}, keep: {} }],
  containers: [{ name: "containers", states: ["exited", "created"], within: 0 }],
  networks: [{ name: "networks", within: 0 }],
};
/** What `import` makes the configuration of. */
const CHANGES = [
  "ENV FROM_IMAGE=yes",
  "LABEL of=image",
  'ENTRYPOINT ["/bin/sh", "-c"]',
  'CMD ["true"]',
];
const PAYLOAD_BYTES = 200_000;
/** Ahead of what has just been made: nothing is kept for being new. */
export const AHEAD_MS = 60_000;

/** What an engine says of a container, as far as it has to come back. */
export interface Inspected {
  readonly Id: string;
  /** ID of its image. */
  readonly Image: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
  readonly State: { readonly Status: string };
}

/** An engine to be filled with images, networks and containers of many properties, past the product. */
export function undoHost(target: EngineTarget) {
  const api = <T>(method: string, path: string, body?: unknown) =>
    callApiJson<T>(target.engine, method, path, body);
  const inspect = (name: string) => api<Inspected>("GET", `/containers/${name}/json`);

  /** Podman's answer is no JSON. */
  async function attach(verb: "connect" | "disconnect", request: object): Promise<void> {
    const body = Buffer.from(JSON.stringify(request));
    const headers = { "content-type": "application/json" };
    const path = `/networks/undo-back/${verb}`;
    expect((await callApi(target.engine, "POST", path, { body, headers })).status).toBe(200);
  }

  async function importConfigured(reference: string): Promise<string> {
    const [repo = "", tag] = reference.split(":");
    const query = queryString({ fromSrc: "-", repo, tag, changes: CHANGES });
    const body = await baseRootFs(PAYLOAD_BYTES, random);
    const headers = { "content-type": "application/x-tar" };
    await callApiStream(target.engine, "POST", `/images/create${query}`, { body, headers });
    return target.idOf(reference);
  }

  async function makeHost(): Promise<void> {
    const id = await importConfigured("undo.test/app:1");
    await target.tag(id, "undo.test/app:also");
    await target.tag(id, "other.test/app:2");
    const shared = newLayer();
    await target.load([
      newImage(["undo.test/plain:1"], [shared], { labels: { a: "b" } }),
      newImage(["undo.test/plain:2"], [shared, newLayer()], { created: "1970-01-01T00:00:00Z" }),
    ]);
    await api("POST", "/volumes/create", { Name: "undo-data" });
    await api("POST", "/networks/create", {
      Name: "undo-net",
      Driver: "bridge",
      Labels: { of: "network" },
      IPAM: { Config: [{ Subnet: "10.213.7.0/24", Gateway: "10.213.7.1" }] },
    });
    await api("POST", "/containers/create?name=undo-web", {
      Image: "undo.test/app:1",
      Cmd: ["echo hello"],
      Env: ["SECRET=of-the-owner"],
      Labels: { of: "container" },
      Healthcheck: { Test: ["CMD", "true"], Interval: 5_000_000_000, Retries: 4 },
      WorkingDir: "/tmp",
      Volumes: { "/anonymous": {} },
      HostConfig: {
        Binds: ["undo-data:/data:ro"],
        RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
        NetworkMode: "undo-net",
        Memory: 64 * 2 ** 20,
      },
      NetworkingConfig: {
        EndpointsConfig: {
          "undo-net": { Aliases: ["web"], IPAMConfig: { IPv4Address: "10.213.7.9" } },
        },
      },
    });
    await api("POST", "/networks/create", { Name: "undo-back", Driver: "bridge", Internal: true });
    await attach("connect", { Container: "undo-web", EndpointConfig: { Aliases: ["db"] } });
    await api("POST", "/containers/create?name=undo-bare", {
      Image: "undo.test/app:1",
      Entrypoint: [""],
      Cmd: ["true"],
      HostConfig: { NetworkMode: "none" },
    });
  }

  return { api, inspect, attach, importConfigured, makeHost };
}

/** Applies until nothing more goes: a network is free only once its container is gone. */
export async function removeEverything(session: ContractSession): Promise<readonly string[]> {
  const runs: string[] = [];
  for (let plan = await archivingPlan(session, () => true); plan.actions.length > 0;) {
    const report = await session.carryOut(plan);
    expectAll(report, "applied");
    runs.push(report.runId);
    plan = await archivingPlan(session, () => true);
  }
  return runs;
}

/** What goes of everything, every image into the bin. */
export async function archivingPlan(
  session: ContractSession,
  goes: (action: Action) => boolean,
): Promise<Plan> {
  const plan = await session.plan(EVERYTHING);
  const recovery = { way: "archive", detail: "" } as const;
  const actions = plan.actions
    .filter(goes)
    .map((action) => (action.kind === "delete-image" ? { ...action, recovery } : action));
  return { ...plan, actions };
}

export function undo(session: ContractSession, runId?: string): Promise<UndoReport> {
  const { signal } = new AbortController();
  if (session.recovery === undefined) throw new Error("nothing can come back");
  return session.recovery.undo(runId, { signal, onStep: () => undefined });
}

export function statesOf({ steps }: UndoReport) {
  return steps.map(({ kind, state, details, references }) => ({
    kind,
    state,
    details,
    references,
  }));
}

export function notBack(report: UndoReport) {
  return statesOf(report).filter(({ state }) => state !== "restored" && state !== "there");
}

/** Without what says which one it is, and when it ran. */
export function sameContainer({
  Id,
  Config,
  HostConfig,
  Mounts,
  NetworkSettings,
  State,
}: Inspected) {
  const { Hostname, Env, ...config } = Config;
  const { Binds, ...host } = HostConfig;
  return {
    config: {
      ...config,
      env: (Env as readonly string[]).toSorted(),
      ...(Id.startsWith(String(Hostname)) ? {} : { Hostname }),
    },
    host,
    mounts: Mounts.map(({ Name = "", Destination }) => `${Name}:${Destination}`).toSorted(),
    networks: Object.keys(NetworkSettings.Networks),
    state: State.Status,
    binds: (Binds as readonly string[] | null)?.includes("undo-data:/data:ro"),
  };
}

export function sameNetwork(network: object): object {
  const {
    Id: _id,
    Created: _created,
    Containers: _containers,
    ...same
  } = network as Record<string, unknown>;
  return same;
}
