import { expect, test } from "vitest";
import type { ImageRule, Policy } from "../../src/policy/policy.ts";
import type { FakeRegistry } from "../fakes/registries/fake-registry.ts";
import { startFakeDtr } from "../fakes/registries/dtr.ts";
import { startFakeGhcr } from "../fakes/registries/ghcr.ts";
import { startFakeHarbor } from "../fakes/registries/harbor.ts";
import { startFakeHub } from "../fakes/registries/hub.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";
import { closing, memoryOf } from "./registry-vendors.ts";

const AHEAD = { aheadMs: 2 * 3_600_000 };

function removing(match: ImageRule["match"]): Policy {
  return { source: "test", protect: [], images: [{ name: "rule", match, keep: {} }] };
}

test("Harbor and DTR are found out by what they answer, once", async () => {
  const starts: readonly (() => Promise<FakeRegistry>)[] = [startFakeHarbor, startFakeDtr];
  for (const start of starts) {
    const fake = await closing(start);
    await new RegistryPusher(fake.url).image("team/app", { tag: "1" });
    const memory = memoryOf(fake.address);
    const open = () => openSession(`registry://${fake.address}/team/app`, { memory });
    const [image] = (await (await open()).look()).images;
    // Only their own listings have push times.
    expect(image).toHaveProperty("arrivedAt");
    const asked = fake.requests.length;
    await (await open()).look();
    const again = fake.requests.slice(asked);
    expect(again.filter((request) => /systeminfo|features|discovery|_zot/.test(request))).toEqual(
      [],
    );
  }
});

test("Harbor: what is immutable stays, and what it does not say counts as immutable", async () => {
  const harbor = await closing(startFakeHarbor);
  const pusher = new RegistryPusher(harbor.url);
  const names = ["v1", "v2", "dev-1"];
  for (const tag of names) await pusher.image("team/deep/er", { tag });
  harbor.immutable.add("v1");
  const session = await openSession(`registry+harbor://${harbor.address}/team/deep/er`, AHEAD);
  const plan = await session.plan(removing({}));
  expect(plan.actions.flatMap(({ references }) => references).toSorted()).toEqual([
    `${harbor.address}/team/deep/er:dev-1`,
    `${harbor.address}/team/deep/er:v2`,
  ]);
  const locked = plan.kept
    .flatMap(({ reasons }) => reasons)
    .filter(({ rule }) => rule === "locked");
  expect(locked).toEqual([{ rule: "locked", detail: "the registry holds it immutable: v1" }]);
  // A rule that came after the plan: the server's word counts.
  harbor.immutable.add("v2");
  const report = await session.carryOut(plan);
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual(["applied", "failed"]);
  expect([...(harbor.memory.repositories.get("team/deep/er")?.tags.keys() ?? [])]).toEqual([
    "v1",
    "v2",
  ]);
  harbor.immutabilityIsTold = false;
  expect((await session.plan(removing({}))).actions).toEqual([]);
});

test("Harbor: every page is read", async () => {
  const harbor = await closing(startFakeHarbor);
  const pusher = new RegistryPusher(harbor.url);
  for (let number = 0; number < 101; number += 1)
    await pusher.image("team/app", { tag: `t${number}`, payloadBytes: 10 });
  const session = await openSession(`registry+harbor://${harbor.address}`, AHEAD);
  expect((await session.look()).images).toHaveLength(101);
});

test("DT-04: signed tags of DTR stay, at apply as well; pulls are read from events where they may be seen", async () => {
  const dtr = await closing(startFakeDtr);
  const pusher = new RegistryPusher(dtr.url);
  for (const tag of ["1", "2", "3"]) await pusher.image("team/app", { tag });
  dtr.signed.add("1");
  dtr.pulls.push({ repository: "team/app", tag: "3", at: "2026-03-01T00:00:00Z" });
  dtr.pulls.push({ repository: "team/app", tag: "3", at: "2026-02-01T00:00:00Z" });
  const session = await openSession(`registry+dtr://${dtr.address}/team/app`, AHEAD);
  const used = (await session.look()).images.map(({ references: [name], lastUsedAt }) => [
    name?.replace(/^.*:/, ""),
    lastUsedAt,
  ]);
  expect(Object.fromEntries(used)).toEqual({
    1: undefined,
    2: undefined,
    3: "2026-03-01T00:00:00.000Z",
  });
  dtr.eventsAreSeen = false;
  const plan = await session.plan(removing({}));
  expect(plan.actions).toHaveLength(2);
  dtr.signed.add("2");
  const report = await session.carryOut(plan);
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual(["applied", "failed"]);
  expect([...(dtr.memory.repositories.get("team/app")?.tags.keys() ?? [])]).toEqual(["1", "2"]);
});

test("DTR: the content of an untagged image stays for its own collection", async () => {
  const dtr = await closing(startFakeDtr);
  const { digest } = await new RegistryPusher(dtr.url).image("team/app", { tag: "1" });
  const session = await openSession(`registry+dtr://${dtr.address}/team/app`, AHEAD);
  expect((await session.carryOut(await session.plan(removing({})))).state).toBe("done");
  expect(dtr.memory.repositories.get("team/app")?.manifests.has(digest)).toBe(true);
  expect((await session.look()).images).toEqual([]);
});

test("GitHub: what was downloaded too often is refused; no manifest is fetched twice", async () => {
  const ghcr = await closing(startFakeGhcr);
  const pusher = new RegistryPusher(ghcr.url);
  const popular = await pusher.image("team/app", { tag: "1" });
  await pusher.image("team/app", { tag: "2" });
  ghcr.popular.add(popular.digest);
  const memory = memoryOf(ghcr.address);
  const address = `registry+ghcr://${ghcr.address}/team/app`;
  const first = await openSession(address, { ...AHEAD, memory });
  const report = await first.carryOut(await first.plan(removing({})));
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual(["applied", "failed"]);
  const second = await openSession(address, { ...AHEAD, memory });
  await second.look();
  const fetched = ghcr.requests.filter((request) => /^GET .*\/manifests\//.test(request));
  expect(fetched).toHaveLength(2);
});

test("GitHub: one tag goes by a placeholder, of which nothing is left; one that is not seen is not deleted", async () => {
  const ghcr = await closing(startFakeGhcr);
  const pusher = new RegistryPusher(ghcr.url);
  const image = await pusher.image("team/app", { tag: "dev-1" });
  for (const tag of ["dev-2", "prod"]) await pusher.tag("team/app", image, tag);
  const memory = memoryOf(ghcr.address);
  const session = await openSession(`registry+ghcr://${ghcr.address}/team/app`, {
    ...AHEAD,
    memory,
  });
  const untagging = (tag: string): Policy => ({
    source: "test",
    protect: [],
    images: [{ name: "rule", match: { tag }, keep: {}, untag: true }],
  });
  const { tags, manifests } = ghcr.memory.open("team/app");
  const one = await session.carryOut(await session.plan(untagging("dev-1")));
  expect(one.state).toBe("done");
  expect([...tags.keys()]).toEqual(["dev-2", "prod"]);
  expect([...manifests.keys()]).toEqual([image.digest]);
  // As where the list lags behind for good: the placeholder stays, and it is said.
  ghcr.unlisted = true;
  const report = await session.carryOut(await session.plan(untagging("dev-2")));
  expect(report.outcomes).toMatchObject([
    { state: "failed", detail: expect.stringContaining("is on a placeholder") },
  ]);
  expect(tags.get("prod")?.digest).toBe(image.digest);
  expect(manifests.has(image.digest)).toBe(true);
});

test("Docker Hub: no repository is listed without a user", async () => {
  const hub = await closing(startFakeHub);
  await new RegistryPusher(hub.url).image("team/app", { tag: "1" });
  const session = await openSession(`registry+hub://${hub.address}`);
  await expect(session.look()).rejects.toMatchObject({
    name: "RegistryError",
    kind: "forbidden",
    detail: expect.stringContaining(`name one, registry://${hub.address}/REPOSITORY`),
  });
});
