import { afterAll, beforeAll, expect, test } from "vitest";
import type { Policy } from "../../src/policy/policy.ts";
import { startFaultProxy, type FaultProxy } from "../harness/fault-proxy.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { RegistryPusher, type PushedManifest } from "../harness/registry-images.ts";
import { random } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";

const RUNS = 200;
const LANES = 10;
const FAULTY = 0.08;
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");

const POLICY: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "development", match: { tag: "dev-*" }, keep: { last: 1, by: "created" } }],
};

let registry: RunningRegistry;
let pusher: RegistryPusher;
let proxy: FaultProxy;
beforeAll(async () => {
  registry = await startRegistry();
  pusher = new RegistryPusher(registry.url);
  proxy = await startFaultProxy(registry.url, random);
});
afterAll(async () => {
  proxy.close();
  await registry.stop();
});

/** Three development builds of which one stays, a release that shares a child with the oldest, and one named twice. */
async function fill(repository: string): Promise<readonly PushedManifest[]> {
  const build = (day: number, tag?: string) =>
    pusher.image(repository, {
      ...(tag === undefined ? {} : { tag }),
      created: `2026-01-0${day}T00:00:00Z`,
    });
  const shared = await build(1);
  await pusher.index(repository, [{ ...shared, architecture: "amd64" }], { tag: "dev-index" });
  const release = await pusher.index(
    repository,
    [
      { ...shared, architecture: "amd64" },
      { ...(await build(2)), architecture: "arm64" },
    ],
    { tag: "release" },
  );
  await build(1, "dev-1");
  const twice = await build(2, "dev-2");
  await pusher.tag(repository, twice, "stable");
  const newest = await build(3, "dev-3");
  return [shared, release, twice, newest];
}

interface Tally {
  removed: number;
  unread: number;
}

async function runOnce(repository: string, tally: Tally): Promise<void> {
  const kept = await fill(repository);
  const session = await openSession(`registry://http://${proxy.address}/${repository}`);
  try {
    const report = await session.carryOut(await session.plan(POLICY));
    tally.removed += report.outcomes.filter(({ state }) => state === "applied").length;
  } catch (error) {
    // A registry that could not be read is no plan at all.
    expect(error).toMatchObject({ name: "RegistryError" });
    tally.unread += 1;
  }
  const named = ["release", "stable", "dev-2", "dev-3"];
  for (const reference of [...kept.map(({ digest }) => digest), ...named]) {
    const path = `/v2/${repository}/manifests/${reference}`;
    expect(`${path} ${await pusher.statusOf(path, ACCEPT)}`).toBe(`${path} 200`);
  }
}

test(`${RUNS} runs through a proxy that does wrong: what is kept is whole after each`, async () => {
  proxy.probability = FAULTY;
  const tally: Tally = { removed: 0, unread: 0 };
  const runs = Array.from({ length: RUNS }, (_, run) => `faults/${run}`).values();
  // Most of a run is waiting between attempts.
  const lane = async (): Promise<void> => {
    for (const repository of runs) await runOnce(repository, tally);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(proxy.faults).toBeGreaterThan(RUNS);
  // It is not safe because it does nothing.
  expect(tally.removed).toBeGreaterThan(RUNS / 2);
  expect(tally.unread).toBeLessThan(RUNS / 2);
});
