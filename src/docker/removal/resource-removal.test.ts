import { describe, expect, test } from "vitest";
import {
  DOCKER_VERSION,
  Refusal,
  ScriptedEngine,
  type Answers,
} from "../../../test/fakes/scripted-engine.ts";
import type { Removal } from "../../ports/image-remover.ts";
import { connectEngine } from "../connection/engine-client.ts";
import { EngineImageRemover } from "./image-remover.ts";

type Script = Readonly<Record<string, unknown>>;

/** Runs one removal on an engine that answers by `METHOD /path`, and tells what was asked to go. */
async function run(script: Script, work: (remover: EngineImageRemover) => Promise<Removal>) {
  const requests: string[] = [];
  const removal = await withRemover(script, work, requests);
  return { removal, changes: requests.filter((request) => !request.startsWith("GET")) };
}

/** `requests` is given what the engine was asked. */
async function withRemover<T>(
  script: Script,
  work: (remover: EngineImageRemover) => Promise<T>,
  requests: string[] = [],
): Promise<T> {
  const answers: Answers = (request) => {
    requests.push(request);
    const path = request.replace(/\?.*/, "");
    return path in script ? script[path] : new Refusal(404, "not found");
  };
  const engine = await ScriptedEngine.start(answers, DOCKER_VERSION);
  const client = await connectEngine(engine.endpoint);
  const remover = new EngineImageRemover(client, { imageStore: "graphdriver" });
  return await work(remover).finally(() => client.close());
}

const container = (state: string, more: object = {}) => ({
  Id: "c1",
  Names: ["/web"],
  ImageID: "i",
  State: state,
  ...more,
});
const list = (...containers: object[]) => ({ "GET /containers/json": containers });

describe("a container", () => {
  test.each(["created", "exited", "dead"])("that is %s goes, its volumes stay", async (state) => {
    const script = {
      ...list(container(state)),
      "GET /containers/c1/json": { SizeRw: 4096 },
      "DELETE /containers/c1": undefined,
    };
    const { removal, changes } = await run(script, (remover) => remover.removeContainer("c1"));
    expect(removal).toMatchObject({ outcome: "removed", freedBytes: 4096 });
    expect(changes).toEqual(["DELETE /containers/c1"]);
  });

  test.each(["running", "paused", "restarting", "removing", "something new"])(
    "that is %s stays",
    async (state) => {
      const { removal, changes } = await run(list(container(state)), (remover) =>
        remover.removeContainer("c1"),
      );
      expect(removal).toMatchObject({ outcome: "conflict", detail: `it is ${state}` });
      expect(changes).toEqual([]);
    },
  );

  test.each([
    ["ended", { StartedAt: "2026-11-21T11:00:00Z", FinishedAt: "2026-11-21T12:00:00Z" }, "12"],
    ["started", { StartedAt: "2026-11-21T13:00:00Z", FinishedAt: "2026-11-21T12:00:00Z" }, "13"],
    ["never", { StartedAt: "0001-01-01T00:00:00Z" }, undefined],
  ])("tells when it last %s", async (_name, State, hour) => {
    const script = { ...list(container("exited")), "GET /containers/c1/json": { State } };
    const now = await withRemover(script, (remover) => remover.currentContainer("c1"));
    expect(now?.lastRanAt).toBe(hour && `2026-11-21T${hour}:00:00.000Z`);
  });

  test("that is gone", async () => {
    const { removal } = await run(list(), (remover) => remover.removeContainer("c1"));
    expect(removal.outcome).toBe("gone");
  });
});

describe("a volume", () => {
  const mounts = { Mounts: [{ Type: "volume", Name: "v" }] };
  test.each([
    ["that nothing mounts goes", list(container("running")), "removed"],
    ["that a stopped container mounts stays", list(container("exited", mounts)), "conflict"],
  ])("%s", async (_name, containers, outcome) => {
    const script = {
      ...containers,
      "GET /volumes/v": { Name: "v" },
      "DELETE /volumes/v": undefined,
    };
    const { removal, changes } = await run(script, (remover) => remover.removeVolume("v"));
    expect(removal.outcome).toBe(outcome);
    expect(changes).toEqual(outcome === "removed" ? ["DELETE /volumes/v"] : []);
  });

  test("that is gone", async () => {
    expect((await run(list(), (remover) => remover.removeVolume("v"))).removal.outcome).toBe(
      "gone",
    );
  });

  test("stays when its users cannot be read", async () => {
    const script = {
      "GET /containers/json": new Refusal(500, "broken"),
      "GET /volumes/v": { Name: "v" },
    };
    const { removal, changes } = await run(script, (remover) => remover.removeVolume("v"));
    expect(removal).toMatchObject({ outcome: "failed", detail: "broken" });
    expect(changes).toEqual([]);
  });
});

describe("a network", () => {
  const own = { Id: "n1", Name: "own", Driver: "bridge" };
  const attached = { NetworkSettings: { Networks: { own: { NetworkID: "" } } } };
  test.each([
    ["that nothing uses goes", own, list(container("running")), "removed"],
    ["with an endpoint stays", { ...own, Containers: { c9: { Name: "db" } } }, list(), "conflict"],
    ["of a stopped container stays", own, list(container("exited", attached)), "conflict"],
    ["of the engine stays", { ...own, Name: "bridge" }, list(), "conflict"],
    ["of the Swarm's ingress stays", { ...own, Ingress: true }, list(), "conflict"],
  ])("%s", async (_name, network, containers, outcome) => {
    const script = { ...containers, "GET /networks/n1": network, "DELETE /networks/n1": undefined };
    const { removal, changes } = await run(script, (remover) => remover.removeNetwork("n1"));
    expect(removal.outcome).toBe(outcome);
    expect(changes).toEqual(outcome === "removed" ? ["DELETE /networks/n1"] : []);
  });
});

describe("a record of the build cache", () => {
  const id = "k".repeat(25);
  const child = { ID: "l".repeat(25), " Parents": [id] };
  const pruned = { CachesDeleted: [id], SpaceReclaimed: 500 };
  const prune = [`POST /build/prune?all=1&filters={"id":["${id}"]}`];
  const unused = { ID: id, InUse: false };
  test.each([
    ["goes", [unused], pruned, { outcome: "removed", freedBytes: 500 }, prune],
    [
      "whose layer an image holds frees nothing",
      [{ ...unused, Shared: true }],
      pruned,
      { outcome: "removed", freedBytes: 0 },
      prune,
    ],
    ["that the engine keeps", [unused], { CachesDeleted: null }, { outcome: "conflict" }, prune],
    ["that a build uses stays", [{ ...unused, InUse: true }], pruned, { outcome: "conflict" }, []],
    ["that another stands on stays", [unused, child], pruned, { outcome: "conflict" }, []],
    ["that is gone", [], pruned, { outcome: "gone" }, []],
  ])("%s", async (_name, records, answer, expected, expectedChanges) => {
    const script = { "GET /system/df": { BuildCache: records }, "POST /build/prune": answer };
    const { removal, changes } = await run(script, (remover) => remover.removeCacheRecord(id));
    expect(removal).toMatchObject(expected);
    expect(changes).toEqual(expectedChanges);
  });

  test.each(["", "k", ".*", `${id}|${id}`, "a".repeat(25).toUpperCase()])(
    "%j never reaches the engine",
    async (text) => {
      const { removal, changes } = await run({}, (remover) => remover.removeCacheRecord(text));
      expect(removal.outcome).toBe("refused");
      expect(changes).toEqual([]);
    },
  );
});
