import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startFaultProxy, type FaultProxy } from "../harness/fault-proxy.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { random } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";
import { comingBackBy, EVERYTHING, fillRepository, pullAll, undo } from "./registry-coming-back.ts";

const RUNS = 40;
const LANES = 8;
const FAULTY = 0.08;
/** Each goes on with what the one before could not. */
const FAULTY_UNDOS = 3;
const TIMEOUT_MS = 900_000;

let registry: RunningRegistry;
let proxy: FaultProxy;
beforeAll(async () => {
  registry = await startRegistry();
  proxy = await startFaultProxy(registry.url, random);
});
afterAll(async () => {
  proxy.close();
  await registry.stop();
});

/** A repository, how it is, and what it is removed from and brought back with. */
async function filled(repository: string) {
  const { sbom } = await fillRepository(registry.url, repository);
  const roots = [sbom?.digest ?? ""];
  const before = await pullAll(registry.url, repository, roots);
  const memory = scratchFolder();
  const environment = { PLIMSOLL_BIN: `${memory}/bin` };
  const address = `registry://http://${proxy.address}/${repository}`;
  const session = await openSession(address, { memory, environment });
  return { repository, roots, before, session };
}

type Filled = Awaited<ReturnType<typeof filled>>;

async function emptied(repository: string, way: "record" | "archive"): Promise<Filled> {
  const made = await filled(repository);
  const { session } = made;
  await session.carryOut(comingBackBy(way, await session.plan(EVERYTHING)));
  expect(await pullAll(registry.url, repository)).toEqual({});
  return made;
}

async function bringBackThroughFaults({ repository, before, session }: Filled): Promise<void> {
  for (let attempt = 0; attempt < FAULTY_UNDOS; attempt += 1) {
    await undo(session);
    // Whatever is there already is whole, and means what it meant.
    expect(before).toMatchObject(await pullAll(registry.url, repository));
  }
}

async function bringTheRestBack({ repository, roots, before, session }: Filled): Promise<void> {
  expect(await undo(session)).toMatchObject({ state: "done" });
  expect(await pullAll(registry.url, repository, roots)).toEqual(before);
}

async function inLanes<T, R>(values: readonly T[], act: (value: T) => Promise<R>): Promise<R[]> {
  const waiting = values.values();
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (const value of waiting) results.push(await act(value));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

test.each(["record", "archive"] as const)(
  `${RUNS / 2} runs come back through a proxy that does wrong (%s)`,
  { timeout: TIMEOUT_MS },
  async (way) => {
    const names = Array.from({ length: RUNS / 2 }, (_, index) => `undo-faults/${way}-${index}`);
    const runs = await inLanes(names, (name) => emptied(name, way));
    if (way === "archive") {
      await registry.collect();
      await registry.restart();
    }
    const { faults } = proxy;
    proxy.probability = FAULTY;
    await inLanes(runs, bringBackThroughFaults);
    proxy.probability = 0;
    await inLanes(runs, bringTheRestBack);
    expect(proxy.faults - faults).toBeGreaterThan(RUNS);
  },
);

test(
  `what ${RUNS / 2} runs have removed through a proxy that does wrong comes back`,
  { timeout: TIMEOUT_MS },
  async () => {
    const names = Array.from({ length: RUNS / 2 }, (_, index) => `apply-faults/${index}`);
    const repositories = await inLanes(names, filled);
    const plans = new Map<Filled, Plan>();
    for (const each of repositories)
      plans.set(each, comingBackBy("record", await each.session.plan(EVERYTHING)));
    proxy.probability = FAULTY;
    const runs = await inLanes([...plans], async ([each, plan]) => {
      const { runId, outcomes } = await each.session.carryOut(plan);
      return { ...each, runId, removed: outcomes.filter(({ state }) => state !== "skipped") };
    });
    proxy.probability = 0;
    expect(runs.flatMap(({ removed }) => removed).length).toBeGreaterThan(RUNS);
    await inLanes(runs, async ({ repository, roots, before, session, runId }) => {
      const report = await undo(session, runId);
      expect(report.state).toBe("done");
      expect(await pullAll(registry.url, repository, roots)).toEqual(before);
    });
  },
);
