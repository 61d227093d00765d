import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import type { ImageRule, Policy } from "../../src/policy/policy.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { REGISTRY_USER, startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";

const ACCEPT_ALL = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");

function policyOf(...images: readonly Omit<ImageRule, "name">[]): Policy {
  return {
    source: "test",
    protect: [],
    images: images.map((rule, index) => ({ name: `rule ${index}`, ...rule })),
  };
}

const NOTHING_KEPT = {};

function deleted(plan: Plan): readonly string[] {
  return plan.actions
    .flatMap(({ kind, references, subject }) =>
      kind === "delete-image" ? [references[0]?.replace(/^.*\//, "") ?? subject] : [],
    )
    .toSorted();
}

describe("an open registry", () => {
  let registry: RunningRegistry;
  let pusher: RegistryPusher;
  beforeAll(async () => {
    registry = await startRegistry();
    pusher = new RegistryPusher(registry.url);
  });
  afterAll(() => registry.stop());

  const isThere = async (path: string) => (await pusher.statusOf(path, ACCEPT_ALL)) === 200;
  const address = (repository: string) => `registry://${registry.address}/${repository}`;

  test("releases by version: the others go, with what only they had", async () => {
    const base = Buffer.alloc(5000, 7);
    for (const version of ["1.0.0", "1.1.0", "1.10.0", "1.9.0"])
      await pusher.image("app", { tag: version, base });
    await pusher.image("app", { tag: "latest", base });
    const session = await openSession(address("app"));
    const plan = await session.plan(
      policyOf({ match: { tag: { semver: "*" } }, keep: { last: 2, by: "version" } }),
    );
    expect(deleted(plan)).toEqual(["app:1.0.0", "app:1.1.0"]);
    expect((await session.carryOut(plan)).state).toBe("done");
    const left = (await session.look()).images.flatMap(({ references }) => references);
    expect(left.map((name) => name.replace(/^.*:/, "")).toSorted()).toEqual([
      "1.10.0",
      "1.9.0",
      "latest",
    ]);
  });

  test("one kept tag keeps the digest with all its tags", async () => {
    const image = await pusher.image("retagged", { tag: "dev-1" });
    await pusher.tag("retagged", image, "prod");
    const other = await pusher.image("retagged", { tag: "dev-2" });
    const session = await openSession(address("retagged"));
    const plan = await session.plan(policyOf({ match: { tag: "dev-*" }, keep: NOTHING_KEPT }));
    expect(plan.actions.map(({ subject }) => subject)).toEqual([`retagged@${other.digest}`]);
    await session.carryOut(plan);
    expect(await isThere("/v2/retagged/manifests/prod")).toBe(true);
    expect(await isThere("/v2/retagged/manifests/dev-1")).toBe(true);
    expect(await isThere("/v2/retagged/manifests/dev-2")).toBe(false);
  });

  test("an index keeps its children at any depth, also those it shares; a signature goes with its subject", async () => {
    const shared = await pusher.image("multi", { architecture: "amd64" });
    const own = await pusher.image("multi", { architecture: "arm64" });
    const inner = await pusher.index("multi", [{ ...own, architecture: "arm64" }]);
    const kept = await pusher.index("multi", [{ ...shared, architecture: "amd64" }, inner], {
      tag: "kept",
    });
    const alone = await pusher.image("multi", { architecture: "s390x" });
    const gone = await pusher.index(
      "multi",
      [
        { ...shared, architecture: "amd64" },
        { ...alone, architecture: "s390x" },
      ],
      { tag: "gone" },
    );
    const signatureOf = (digest: string) => `${digest.replace(":", "-")}.sig`;
    await pusher.image("multi", { tag: signatureOf(kept.digest) });
    await pusher.image("multi", { tag: signatureOf(gone.digest) });

    const session = await openSession(address("multi"));
    const plan = await session.plan(
      policyOf(
        { match: { tag: "gone" }, keep: NOTHING_KEPT },
        { match: { tag: "*.sig" }, keep: NOTHING_KEPT },
      ),
    );
    const subjects = plan.actions.map(({ subject }) => subject.replace("multi@", ""));
    expect(subjects).toContain(gone.digest);
    expect(subjects).toContain(alone.digest);
    expect(subjects.indexOf(gone.digest)).toBeLessThan(subjects.indexOf(alone.digest));
    for (const { digest } of [shared, own, inner, kept]) expect(subjects).not.toContain(digest);
    expect((await session.carryOut(plan)).state).toBe("done");
    for (const { digest } of [shared, own, inner, kept])
      expect(await isThere(`/v2/multi/manifests/${digest}`)).toBe(true);
    expect(await isThere(`/v2/multi/manifests/${signatureOf(kept.digest)}`)).toBe(true);
    expect(await isThere(`/v2/multi/manifests/${signatureOf(gone.digest)}`)).toBe(false);
  });

  test("what gained a tag since the plan, or lost its own to another image, is left alone", async () => {
    const gaining = await pusher.image("changing", { tag: "old-1" });
    await pusher.image("changing", { tag: "old-2" });
    const session = await openSession(address("changing"));
    const plan = await session.plan(policyOf({ match: { tag: "old-*" }, keep: NOTHING_KEPT }));
    expect(plan.actions).toHaveLength(2);
    await pusher.tag("changing", gaining, "prod");
    const fresh = await pusher.image("changing", { tag: "old-2" });
    const report = await session.carryOut(plan);
    expect(report.outcomes.map(({ state }) => state).toSorted()).toEqual(["applied", "skipped"]);
    expect(await isThere("/v2/changing/manifests/prod")).toBe(true);
    expect(await isThere(`/v2/changing/manifests/${fresh.digest}`)).toBe(true);
    expect(await isThere("/v2/changing/manifests/old-2")).toBe(true);
  });

  test("the same digest in two repositories is two images", async () => {
    const base = Buffer.alloc(3000, 1);
    const options = { tag: "1", base, payloadBytes: 0, created: "2026-01-01T00:00:00Z" };
    const here = await pusher.image("dev/app", options);
    const there = await pusher.image("prod/app", options);
    expect(here.digest).toBe(there.digest);
    const session = await openSession(`registry://${registry.address}`);
    const plan = await session.plan(
      policyOf({ match: { repository: "dev/**" }, keep: NOTHING_KEPT }),
    );
    expect(plan.actions.map(({ subject }) => subject)).toEqual([`dev/app@${here.digest}`]);
    expect(plan.totals.freesBytes).toBe(0);
    await session.carryOut(plan);
    expect(await isThere("/v2/dev/app/manifests/1")).toBe(false);
    expect(await isThere("/v2/prod/app/manifests/1")).toBe(true);
  });

  test("a repository that does not exist is an error, not an empty one", async () => {
    const session = await openSession(address("nosuch"));
    await expect(session.look()).rejects.toMatchObject({
      name: "RegistryError",
      kind: "not-found",
      codes: ["NAME_UNKNOWN"],
    });
  });
});

describe("a registry that tells of pulls", () => {
  test("a second reading is none", async () => {
    const events: { action: string; request: { useragent: string } }[] = [];
    const listener: Server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        events.push(...JSON.parse(Buffer.concat(chunks).toString("utf8")).events);
        response.end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const registry = await startRegistry({ notifications: `http://127.0.0.1:${port}/` });
    try {
      const pusher = new RegistryPusher(registry.url);
      for (const tag of ["1", "2", "3"]) await pusher.image("app", { tag });
      const memory = scratchFolder();
      const pulls = () => events.filter(({ action }) => action === "pull");
      const first = await openSession(`registry://${registry.address}`, { memory });
      await first.look();
      // HEAD of the tag, manifest and configuration of each.
      await expect.poll(() => pulls().length).toBe(9);
      expect(new Set(pulls().map(({ request }) => request.useragent))).toEqual(
        new Set(["plimsoll"]),
      );
      const second = await openSession(`registry://${registry.address}`, { memory });
      expect((await second.look()).images).toHaveLength(3);
      const pushes = () => events.filter(({ action }) => action === "push").length;
      const before = pushes();
      await pusher.image("app", { tag: "4" });
      await expect.poll(pushes).toBeGreaterThan(before);
      expect(pulls()).toHaveLength(9);
    } finally {
      await registry.stop();
      listener.close();
    }
  });
});

describe("a registry with a password", () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ basicAuth: true });
    await new RegistryPusher(registry.url, true).image("app", { tag: "1" });
  });
  afterAll(() => registry.stop());

  function memoryWith(password: string | undefined): string {
    const memory = scratchFolder();
    const folder = join(memory, "docker");
    mkdirSync(folder);
    const auth = Buffer.from(`${REGISTRY_USER.username}:${password}`).toString("base64");
    const auths = password === undefined ? {} : { [registry.address]: { auth } };
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }));
    return memory;
  }

  test("the one of docker login", async () => {
    const memory = memoryWith(REGISTRY_USER.password);
    const session = await openSession(`registry://${registry.address}`, { memory });
    expect((await session.look()).images).toHaveLength(1);
  });

  test("a wrong one is told with where it is from", async () => {
    const memory = memoryWith("wrong");
    const session = await openSession(`registry://${registry.address}`, { memory });
    await expect(session.look()).rejects.toMatchObject({
      kind: "unauthorized",
      detail: expect.stringContaining(join(memory, "docker", "config.json")),
    });
  });

  test("none", async () => {
    const session = await openSession(`registry://${registry.address}`, {
      memory: memoryWith(undefined),
    });
    await expect(session.look()).rejects.toMatchObject({
      kind: "unauthorized",
      detail: expect.stringContaining("none are known"),
    });
  });
});

test("a registry with deletion off refuses, and loses nothing", async () => {
  const registry = await startRegistry({ deletion: false });
  try {
    const pusher = new RegistryPusher(registry.url);
    await pusher.image("app", { tag: "1" });
    const session = await openSession(`registry://${registry.address}`);
    const plan = await session.plan(policyOf({ match: {}, keep: NOTHING_KEPT }));
    const report = await session.carryOut(plan);
    expect(report.outcomes).toMatchObject([
      { state: "failed", detail: expect.stringContaining("storage.delete.enabled") },
    ]);
    expect(await pusher.statusOf("/v2/app/manifests/1", ACCEPT_ALL)).toBe(200);
  } finally {
    await registry.stop();
  }
});
