import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Action } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApi } from "../harness/engine-api.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { expectAll, newImage, newLayer, noteImages, TWO_HOURS_MS } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { createLayoutTarget } from "./layout-target.ts";
import {
  AHEAD_MS,
  archivingPlan,
  notBack,
  removeEverything,
  sameContainer,
  sameNetwork,
  statesOf,
  undo,
  undoHost,
} from "./undo-host.ts";

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  test("what a run removed comes back as it was, and nothing twice", async () => {
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment, aheadMs: AHEAD_MS });
    const { api, inspect, attach, makeHost } = undoHost(target);
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
    const { api, inspect, importConfigured } = undoHost(target);
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
      {
        subject: hurt,
        details: [
          expect.stringContaining(part?.digest ?? ""),
          expect.stringContaining("it cannot be used"),
        ],
      },
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
