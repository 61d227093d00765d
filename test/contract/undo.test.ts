import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { UndoReport } from "../../src/operations/undo.ts";
import type { Action, Plan } from "../../src/plan/plan.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { baseRootFs } from "../harness/base-image.ts";
import { callApi, callApiJson, callApiStream, queryString } from "../harness/engine-api.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import {
  expectAll,
  newImage,
  newLayer,
  noteImages,
  random,
  TWO_HOURS_MS,
} from "./contract-images.ts";
import { openSession, type ContractSession } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { createLayoutTarget } from "./layout-target.ts";

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
const AHEAD_MS = 60_000;

interface Inspected {
  readonly Id: string;
  /** ID of its image. */
  readonly Image: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
  readonly State: { readonly Status: string };
}

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

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

  /** Applies until nothing more goes: a network is free only once its container is gone. */
  async function removeEverything(session: ContractSession): Promise<readonly string[]> {
    const runs: string[] = [];
    for (let plan = await archivingPlan(session, () => true); plan.actions.length > 0;) {
      const report = await session.carryOut(plan);
      expectAll(report, "applied");
      runs.push(report.runId);
      plan = await archivingPlan(session, () => true);
    }
    return runs;
  }

  test("what a run removed comes back as it was, and nothing twice", async () => {
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment, aheadMs: AHEAD_MS });
    await makeHost();
    const before = await noteImages(target);
    const web = await inspect("undo-web");
    const bare = await inspect("undo-bare");
    const network = await api<object>("GET", "/networks/undo-net");

    const runs = await removeEverything(session);
    expect(await target.listNames()).toEqual([]);
    expect((await callApi(target.engine, "GET", "/containers/undo-web/json")).status).toBe(404);
    expect((await callApi(target.engine, "GET", "/networks/undo-net")).status).toBe(404);

    for (const run of runs.toReversed()) expect(notBack(await undo(session, run))).toEqual([]);
    const after = await noteImages(target);
    expect(after.names).toEqual(before.names);
    for (const name of before.names) await target.readOut(name);
    expect(sameContainer(await inspect("undo-web"))).toEqual(sameContainer(web));
    expect(sameContainer(await inspect("undo-bare"))).toEqual(sameContainer(bare));
    expect(sameNetwork(await api<object>("GET", "/networks/undo-net"))).toEqual(
      sameNetwork(network),
    );
    const { Id: madeId } = await inspect("undo-web");
    // As if the process had ended before it was attached to everything.
    await attach("disconnect", { Container: "undo-web" });
    const attached = await undo(session, runs[0]);
    expect(attached.steps.find(({ references }) => references.includes("undo-web"))).toMatchObject({
      state: "restored",
      newId: madeId,
    });
    expect(sameContainer(await inspect("undo-web"))).toEqual(sameContainer(web));

    for (const run of runs.toReversed()) {
      const again = statesOf(await undo(session, run));
      expect(again).toEqual(again.map((step) => ({ ...step, state: "there", details: [] })));
    }
    expect((await inspect("undo-web")).Id).toBe(madeId);
    await api("POST", "/containers/undo-bare/start");
  });

  test("what has a name by now keeps it, and what is missing is told", async () => {
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment, aheadMs: AHEAD_MS });
    const id = await importConfigured("undo.test/kept:1");
    await target.tag(id, "undo.test/kept:also");
    for (const name of ["undo-free", "undo-taken"])
      await api("POST", `/containers/create?name=${name}`, {
        Image: "undo.test/kept:1",
        Volumes: { "/anonymous": {} },
        HostConfig: { NetworkMode: "none" },
      });
    const volume = (await inspect("undo-free")).Mounts[0]?.Name ?? "";
    const plan = await archivingPlan(
      session,
      (action) => action.references[0]?.includes("undo") ?? false,
    );
    expectAll(await session.carryOut(plan), "applied");

    await api("DELETE", `/volumes/${volume}`);
    const other = await importConfigured("undo.test/kept:1");
    await api("POST", "/containers/create?name=undo-taken", {
      Image: "undo.test/kept:1",
      HostConfig: { NetworkMode: "none" },
    });
    const { Id: taker } = await inspect("undo-taken");

    const report = await undo(session);
    expect(report.state).toBe("partial");
    const stateOf = (name: string) =>
      statesOf(report).find(({ references }) => references.includes(name));
    expect(stateOf("undo.test/kept:1")).toMatchObject({
      state: "partly",
      details: [expect.stringContaining(other)],
    });
    expect(stateOf("undo-free")).toMatchObject({
      state: "partly",
      details: [
        expect.stringContaining(volume),
        expect.stringContaining("means another image now"),
      ],
    });
    expect(stateOf("undo-taken")).toMatchObject({
      state: "taken",
      details: [expect.stringContaining(taker)],
    });
    expect(await target.idOf("undo.test/kept:1")).toBe(other);
    expect(await target.idOf("undo.test/kept:also")).toBe(id);
    expect((await inspect("undo-taken")).Id).toBe(taker);
    expect(await target.idOf((await inspect("undo-free")).Image)).toBe(id);
  });

  test("what is damaged in the bin is named, and nothing of it is left listed", async () => {
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment, aheadMs: AHEAD_MS });
    const layer = newLayer();
    await target.load([
      newImage(["damaged.test/whole:1"], [layer]),
      newImage(["damaged.test/hurt:1"]),
    ]);
    const hurt = await target.idOf("damaged.test/hurt:1");
    const isDamaged = ({ references }: Action) =>
      references[0]?.startsWith("damaged.test") ?? false;
    expectAll(await session.carryOut(await archivingPlan(session, isDamaged)), "applied");
    const before = await noteImages(target);

    const bin = await session.recovery?.openBin();
    const entry = (await bin?.entries())?.find(({ image }) => image.id === hurt);
    if (bin === undefined || entry === undefined) throw new Error("it is not in the bin");
    const [part] = (await bin.partsOf(entry)).toSorted((a, b) => b.storedBytes - a.storedBytes);
    const file = join(bin.location, "blobs", ...(part?.digest ?? "").split(":"));
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0, bytes.length - 20));

    const report = await undo(session);
    const failed = report.steps.filter(({ state }) => state === "failed");
    expect(failed).toMatchObject([
      { subject: hurt, details: [expect.stringContaining(part?.digest ?? "")] },
    ]);
    const whole = await target.idOf("damaged.test/whole:1");
    expect((await target.listIds()).difference(before.ids)).toEqual(new Set([whole]));
    await target.readOut("damaged.test/whole:1");
  });
});

test("layout: what a run removed comes back as it was, and nothing twice", async () => {
  const target = createLayoutTarget();
  onTestFinished(() => target.stop());
  const memory = scratchFolder();
  const environment = { PLIMSOLL_BIN: join(memory, "bin") };
  const session = await openSession(target.address, { memory, environment, aheadMs: TWO_HOURS_MS });
  const shared = newLayer();
  await target.load([
    newImage(["undo.test/app:1", "other.test/app:also"], [shared]),
    newImage(["undo.test/app:2"], [shared]),
  ]);
  const before = await noteImages(target);
  const blobs = join(target.directory, "blobs", "sha256");
  const filesBefore = readdirSync(blobs);
  expectAll(await session.carryOut(await archivingPlan(session, () => true)), "applied");
  expect(await target.listNames()).toEqual([]);
  expect(readdirSync(blobs)).toEqual([]);

  expect(notBack(await undo(session))).toEqual([]);
  expect(await noteImages(target)).toEqual(before);
  for (const name of before.names) await target.readOut(name);
  expect(readdirSync(blobs)).toEqual(filesBefore);
  expect((await undo(session)).steps.map(({ state }) => state)).toEqual(["there", "there"]);
});

/** What goes of everything, every image into the bin. */
async function archivingPlan(
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

function undo(session: ContractSession, runId?: string): Promise<UndoReport> {
  const { signal } = new AbortController();
  if (session.recovery === undefined) throw new Error("nothing can come back");
  return session.recovery.undo(runId, { signal, onStep: () => undefined });
}

function statesOf({ steps }: UndoReport) {
  return steps.map(({ kind, state, details, references }) => ({
    kind,
    state,
    details,
    references,
  }));
}

function notBack(report: UndoReport) {
  return statesOf(report).filter(({ state }) => state !== "restored" && state !== "there");
}

/** Without what says which one it is, and when it ran. */
function sameContainer({ Id, Config, HostConfig, Mounts, NetworkSettings, State }: Inspected) {
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

function sameNetwork(network: object): object {
  const {
    Id: _id,
    Created: _created,
    Containers: _containers,
    ...same
  } = network as Record<string, unknown>;
  return same;
}
