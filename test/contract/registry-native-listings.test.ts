import { expect, test } from "vitest";
import type { Policy } from "../../src/policy/policy.ts";
import { startFakeAcr } from "../fakes/registries/acr.ts";
import type { FakeRegistry } from "../fakes/registries/fake-registry.ts";
import { startFakeGitlab } from "../fakes/registries/gitlab.ts";
import { startFakeQuay } from "../fakes/registries/quay.ts";
import { startFakeZot } from "../fakes/registries/zot.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";
import { runProgram } from "./program.ts";
import { closing, memoryOf } from "./registry-vendors.ts";

const APP = "team/app";
const AHEAD = { aheadMs: 2 * 3_600_000 };
const EVERYTHING: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "rule", match: {}, keep: {} }],
};

test("Quay, GitLab and zot are found out by what they answer", async () => {
  const starts: readonly (() => Promise<FakeRegistry>)[] = [
    startFakeQuay,
    startFakeGitlab,
    startFakeZot,
  ];
  for (const start of starts) {
    const fake = await closing(start);
    await new RegistryPusher(fake.url).image(APP, { tag: "1" });
    const memory = memoryOf(fake.address, "$oauthtoken");
    const session = await openSession(`registry://${fake.address}/${APP}`, { memory });
    // Only their own listings have push times.
    expect((await session.look()).images[0]).toHaveProperty("arrivedAt");
  }
});

test("which product it is, and what it can do, is shown", async () => {
  const quay = await closing(startFakeQuay);
  const show = (scheme: string, ...words: readonly string[]) =>
    runProgram(
      ["registry", "show", "-t", `${scheme}://${quay.address}`, ...words],
      memoryOf(quay.address),
    );
  const found = await show("registry");
  expect(found.stdout).toMatch(/product +quay\n/);
  expect(found.stdout).toMatch(/tells of pushes +yes\n/);
  const said = await show("registry+dtr", "--json");
  expect(JSON.parse(said.stdout)).toMatchObject({
    product: "dtr",
    can: { deletesDigest: false, deletesTag: "yes", dryRun: true, retention: true },
  });
});

test.each([
  ["Quay without a token", "quay", startFakeQuay, "$oauthtoken"],
  [
    "Azure without metadata/read",
    "acr",
    async () => Object.assign(await startFakeAcr(), { metadataIsOpen: false }),
    "metadata/read",
  ],
  [
    "GitLab without a database",
    "gitlab",
    async () => Object.assign(await startFakeGitlab(), { hasDatabase: false }),
    "in a database",
  ],
  [
    "zot before 2.1.2",
    "zot",
    async () => Object.assign(await startFakeZot(), { hasTimes: false }),
    "from version 2.1.2 on",
  ],
] as const)("%s: the protocol does, and it is said, once", async (_, vendor, start, wants) => {
  const fake = await closing<FakeRegistry>(start);
  const pusher = new RegistryPusher(fake.url);
  for (const repository of ["team/one", "team/two"]) await pusher.image(repository, { tag: "1" });
  const { code, stdout, stderr } = await runProgram(
    ["inventory", "-t", `registry+${vendor}://${fake.address}`],
    memoryOf(fake.address),
  );
  expect(code).toBe(0);
  const { images, complete } = JSON.parse(stdout);
  expect({ images: images.length, complete }).toEqual({ images: 2, complete: true });
  expect(stderr.match(/listed by the OCI protocol alone/g)).toHaveLength(1);
  expect(stderr).toContain(wants);
});

test("Quay: public tags are listed to anybody, by every page; without a token the protocol deletes", async () => {
  const quay = await closing(startFakeQuay);
  quay.isPublic = true;
  const pusher = new RegistryPusher(quay.url);
  for (let number = 0; number < 101; number += 1)
    await pusher.image(APP, { tag: `t${number}`, payloadBytes: 10 });
  quay.immutable.add("t7");
  const session = await openSession(`registry+quay://${quay.address}/${APP}`, {
    ...AHEAD,
    memory: memoryOf(quay.address),
  });
  const plan = await session.plan(EVERYTHING);
  expect(plan.actions).toHaveLength(100);
  expect(plan.kept.flatMap(({ reasons }) => reasons)).toEqual([
    { rule: "locked", detail: "the tag t7 is immutable" },
  ]);
  expect((await session.carryOut(plan)).state).toBe("done");
  expect([...quay.memory.open(APP).tags.keys()]).toEqual(["t7"]);
});

test("ACR-04: what is locked stays, tag or manifest, and what is locked after the plan is refused", async () => {
  const acr = await closing(startFakeAcr);
  const pusher = new RegistryPusher(acr.url);
  const images = [];
  for (const tag of ["a", "b", "c", "d"]) images.push(await pusher.image(APP, { tag }));
  acr.locked.add("a");
  acr.locked.add(images[1]?.digest ?? "");
  const session = await openSession(`registry+acr://${acr.address}/${APP}`, {
    ...AHEAD,
    memory: memoryOf(acr.address),
  });
  const plan = await session.plan(EVERYTHING);
  expect(
    plan.kept.flatMap(({ reasons }) => reasons.map(({ detail }) => detail)).toSorted(),
  ).toEqual(["the manifest is locked in the registry", "the tag a is locked in the registry"]);
  acr.locked.add("c");
  const report = await session.carryOut(plan);
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual(["applied", "failed"]);
  expect([...acr.memory.open(APP).tags.keys()]).toEqual(["a", "b", "c"]);
});

test("ACR-08: what is gone already is left out, and the rest goes; what is refused is told", async () => {
  const acr = await closing(startFakeAcr);
  const pusher = new RegistryPusher(acr.url);
  const images = [];
  for (const tag of ["a", "b", "c"]) images.push(await pusher.image(APP, { tag }));
  const session = await openSession(`registry+acr://${acr.address}/${APP}`, {
    ...AHEAD,
    memory: memoryOf(acr.address),
  });
  const plan = await session.plan(EVERYTHING);
  acr.memory.deleteManifest(APP, images[0]?.digest ?? "");
  acr.locked.add("b");
  const report = await session.carryOut(plan);
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual([
    "applied",
    "failed",
    "gone",
  ]);
  expect([...acr.memory.open(APP).tags.keys()]).toEqual(["b"]);
});

test("GL-09: a list that breaks off after two pages is no list, and nothing goes", async () => {
  const gitlab = await closing(startFakeGitlab);
  const pusher = new RegistryPusher(gitlab.url);
  for (const tag of ["1", "2", "3", "4", "5"]) await pusher.image(APP, { tag });
  gitlab.breaksAfter = "4";
  const session = await openSession(`registry+gitlab://${gitlab.address}/${APP}`, AHEAD);
  await expect(session.plan(EVERYTHING)).rejects.toMatchObject({ name: "RegistryError" });
  expect(gitlab.memory.open(APP).tags.size).toBe(5);
});

test("GitLab: what it protects it refuses to delete", async () => {
  const gitlab = await closing(startFakeGitlab);
  const pusher = new RegistryPusher(gitlab.url);
  for (const tag of ["1", "2", "3"]) await pusher.image(APP, { tag });
  gitlab.protected.add("2");
  const session = await openSession(`registry+gitlab://${gitlab.address}/${APP}`, AHEAD);
  const report = await session.carryOut(await session.plan(EVERYTHING));
  expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual([
    "applied",
    "applied",
    "failed",
  ]);
  expect([...gitlab.memory.open(APP).tags.keys()]).toEqual(["2"]);
});
