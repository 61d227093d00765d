import { expect, test } from "vitest";
import type { Policy } from "../../src/policy/policy.ts";
import { MemoryRegistry } from "../fakes/registries/memory-registry.ts";
import { ociRoutes } from "../fakes/registries/oci-routes.ts";
import { errorAnswer, serve, type Route, type RunningFake } from "../fakes/registries/serve.ts";
import { tokenServer } from "../fakes/registries/token-server.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";
import { closing } from "./registry-vendors.ts";

const POLICY: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "rule", match: {}, keep: {} }],
};

/** A registry with three images, pushed before `routes` stand in front of it. */
async function registryBehind(...routes: readonly Route[]): Promise<RunningFake> {
  const memory = new MemoryRegistry();
  const open = await closing(() => serve(ociRoutes(memory)));
  const pusher = new RegistryPusher(open.url);
  for (const tag of ["1", "2", "3"]) await pusher.image("team/app", { tag });
  return closing(() => serve(...routes, ociRoutes(memory)));
}

test("a token that ends in the middle of a run is had anew, for what is asked", async () => {
  let url = "";
  const tokens = tokenServer(() => url);
  let deletions = 0;
  const endingAll: Route = ({ method }) => {
    if (method === "DELETE" && (deletions += 1) === 2) tokens.revokeAll();
    return undefined;
  };
  const registry = await registryBehind(tokens.hands, endingAll, tokens.guards);
  url = registry.url;
  const session = await openSession(`registry+distribution://${registry.address}/team/app`);
  const report = await session.carryOut(await session.plan(POLICY));
  expect(report.outcomes.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
  expect(new Set(tokens.scopes)).toEqual(
    new Set(["repository:team/app:pull", "repository:team/app:pull,delete"]),
  );
  expect(tokens.scopes.length).toBeGreaterThan(2);
});

test.each([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
])("a list of repositories that is answered with %i: name one", async (status, kind) => {
  const hidden: Route = ({ url }) =>
    url.pathname === "/v2/_catalog" ? errorAnswer(status, "DENIED", "not for you") : undefined;
  const { address } = await registryBehind(hidden);
  const all = await openSession(`registry+distribution://${address}`);
  await expect(all.look()).rejects.toMatchObject({
    kind,
    detail: expect.stringContaining(`registry://${address}/REPOSITORY`),
  });
  const one = await openSession(`registry+distribution://${address}/team/app`);
  expect((await one.look()).images).toHaveLength(3);
});

test("a list of tags that leads to another host is no list", async () => {
  const leading: Route = ({ url }) =>
    url.pathname === "/v2/team/app/tags/list"
      ? {
          status: 200,
          body: { tags: ["1"] },
          headers: { link: '<https://elsewhere.example/v2/team/app/tags/list>; rel="next"' },
        }
      : undefined;
  const { address } = await registryBehind(leading);
  const session = await openSession(`registry+distribution://${address}/team/app`);
  await expect(session.look()).rejects.toMatchObject({ kind: "unsafe-link" });
});

test("a list of tags that is the same page again and again is no list", async () => {
  const turning: Route = ({ url }) =>
    url.pathname === "/v2/team/app/tags/list"
      ? {
          status: 200,
          body: { tags: ["1"] },
          headers: { link: `<${url.pathname}?n=1000>; rel="next"` },
        }
      : undefined;
  const { address } = await registryBehind(turning);
  const session = await openSession(`registry+distribution://${address}/team/app`);
  await expect(session.look()).rejects.toMatchObject({ kind: "protocol" });
});

test("a manifest that is not what its digest says is not believed", async () => {
  const lying: Route = ({ url, method }) =>
    method === "GET" && url.pathname.includes("/manifests/")
      ? { status: 200, body: Buffer.from('{"schemaVersion":2,"layers":[],"config":{}}') }
      : undefined;
  const { address } = await registryBehind(lying);
  const session = await openSession(`registry+distribution://${address}/team/app`);
  await expect(session.look()).rejects.toMatchObject({ kind: "bad-content" });
});

const DENIED = errorAnswer(403, "DENIED", "not for you");

/** The catalog lists `team/other` as well, which is never there. */
const listingTwo: Route = ({ url }) =>
  url.pathname === "/v2/_catalog"
    ? { status: 200, body: { repositories: ["team/app", "team/other"] } }
    : undefined;

test("a repository that cannot be read is left alone, and the others are not", async () => {
  const failing: Route = ({ url }) =>
    url.pathname === "/v2/team/other/tags/list" ? DENIED : undefined;
  const { address } = await registryBehind(failing, listingTwo);
  const session = await openSession(`registry+distribution://${address}`);
  const inventory = await session.look();
  expect(inventory).toMatchObject({ complete: false, unread: ["repositories"] });
  expect(inventory.problems).toEqual([
    expect.stringMatching(/^nothing of team\/other is removed: .*not for you/),
  ]);
  const plan = await session.plan(POLICY);
  expect(plan.actions).toHaveLength(3);
  expect(plan.problems).toEqual(inventory.problems);
  expect(plan.exceeds).toEqual([]);
  expect((await session.carryOut(plan)).state).toBe("done");
});

test("a repository with one tag that cannot be read keeps all of its images", async () => {
  const failing: Route = ({ url }) =>
    url.pathname === "/v2/team/app/manifests/2" ? DENIED : undefined;
  const { address } = await registryBehind(failing);
  const session = await openSession(`registry+distribution://${address}`);
  expect((await session.look()).images).toEqual([]);
  expect((await session.plan(POLICY)).actions).toEqual([]);
});

test("a list of repositories that breaks off tells of those before", async () => {
  const breaking: Route = ({ url }) => {
    if (url.pathname !== "/v2/_catalog") return undefined;
    if (url.searchParams.has("last")) return DENIED;
    const link = '</v2/_catalog?last=team%2Fapp&n=1>; rel="next"';
    return { status: 200, body: { repositories: ["team/app"] }, headers: { link } };
  };
  const { address } = await registryBehind(breaking);
  const session = await openSession(`registry+distribution://${address}`);
  const inventory = await session.look();
  expect(inventory.problems).toEqual([expect.stringContaining("ends after 1")]);
  expect((await session.plan(POLICY)).actions).toHaveLength(3);
});

test("when the budget is used up, what was read until then is known", async () => {
  const memory = new MemoryRegistry();
  const registry = await closing(() => serve(ociRoutes(memory)));
  const pusher = new RegistryPusher(registry.url);
  for (const repository of ["a", "b", "c"]) await pusher.image(repository, { tag: "1" });
  const before = registry.requests.length;
  const session = await openSession(`registry+distribution://http://${registry.address}`, {
    environment: { PLIMSOLL_REGISTRY_BUDGET: "8" },
  });
  const inventory = await session.look();
  expect(registry.requests.length - before).toBe(8);
  expect(inventory.images).toHaveLength(1);
  expect(inventory.problems).toEqual([
    expect.stringMatching(/^nothing of b and what follows it is removed: .*all 8 requests/),
  ]);
});

test("a look that fails ends the deletions in that repository, and in no other", async () => {
  let isApplying = false;
  const failing: Route = ({ url, method }) =>
    isApplying && method === "HEAD" && url.pathname.startsWith("/v2/team/app/manifests/")
      ? DENIED
      : undefined;
  const memory = new MemoryRegistry();
  const registry = await closing(() => serve(failing, ociRoutes(memory)));
  const pusher = new RegistryPusher(registry.url);
  for (const repository of ["team/app", "team/other"])
    for (const tag of ["1", "2", "3"]) await pusher.image(repository, { tag });
  const session = await openSession(`registry+distribution://${registry.address}`);
  const plan = await session.plan(POLICY);
  expect(plan.actions).toHaveLength(6);
  isApplying = true;
  const before = registry.requests.length;
  const { outcomes } = await session.carryOut(plan);
  const endings = outcomes.map(({ index, state, detail }) => {
    const [repository] = (plan.actions[index]?.subject ?? "").split("@");
    return { repository, state, detail };
  });
  const here = endings.filter(({ repository }) => repository === "team/app");
  expect(here.map(({ state }) => state)).toEqual(["skipped", "skipped", "skipped"]);
  expect(here.at(-1)?.detail).toContain("403");
  const there = endings.filter(({ repository }) => repository === "team/other");
  expect(there.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
  const deletions = registry.requests.slice(before).filter((each) => each.startsWith("DELETE"));
  expect(deletions.every((each) => each.includes("/v2/team/other/"))).toBe(true);
});

test("where deleting is not allowed at all, a repository is not asked a thousand times", async () => {
  const memory = new MemoryRegistry();
  const frozen: Route = ({ method }) =>
    method === "DELETE" ? errorAnswer(405, "UNSUPPORTED", "not supported") : undefined;
  const registry = await closing(() => serve(frozen, ociRoutes(memory)));
  const pusher = new RegistryPusher(registry.url);
  for (let tag = 0; tag < 30; tag += 1) await pusher.image("team/app", { tag: String(tag) });
  const session = await openSession(`registry+distribution://${registry.address}`);
  const { outcomes } = await session.carryOut(await session.plan(POLICY));
  expect(outcomes.map(({ state }) => state)).not.toContain("applied");
  expect(outcomes.filter(({ state }) => state === "skipped").length).toBeGreaterThan(10);
  const asked = registry.requests.filter((each) => each.startsWith("DELETE"));
  // As many as may be under way at once.
  expect(asked.length).toBeLessThanOrEqual(8);
});

test("what a registry wants told to people is told once", async () => {
  const warning: Route = ({ url }) =>
    url.pathname.endsWith("/tags/list")
      ? {
          status: 200,
          body: { tags: ["1", "2", "3"] },
          headers: { warning: '299 - "This registry closes in May."' },
        }
      : undefined;
  const { address } = await registryBehind(warning);
  const notices: string[] = [];
  const session = await openSession(`registry+distribution://${address}/team/app`, {
    notify: (notice) => notices.push(notice),
  });
  await session.look();
  expect((await session.look()).images).toHaveLength(3);
  expect(notices).toEqual([`${address} says: This registry closes in May.`]);
});

const UNTAGGING: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "rule", match: { tag: "old-*" }, keep: {}, untag: true }],
};

/** Two images, each with a tag that goes and one that stays, behind a registry that does as it is told. */
async function retagged(onDeletion: (memory: MemoryRegistry, tag: string) => number) {
  const memory = new MemoryRegistry();
  const deleting: Route = ({ method, url }) => {
    const tag = /\/manifests\/(old-\d)$/.exec(url.pathname)?.[1];
    return method === "DELETE" && tag !== undefined
      ? { status: onDeletion(memory, tag) }
      : undefined;
  };
  const registry = await closing(() => serve(deleting, ociRoutes(memory)));
  const pusher = new RegistryPusher(registry.url);
  for (const number of [1, 2]) {
    const image = await pusher.image("team/app", { tag: `kept-${number}` });
    await pusher.tag("team/app", image, `old-${number}`);
  }
  const session = await openSession(`registry+distribution://${registry.address}/team/app`);
  const report = await session.carryOut(await session.plan(UNTAGGING));
  return { report, tags: [...memory.open("team/app").tags.keys()].toSorted() };
}

test.each([400, 405])(
  "a tag alone cannot be had from a registry that answers %i",
  async (status) => {
    const { report, tags } = await retagged(() => status);
    expect(tags).toHaveLength(4);
    expect(report.outcomes.map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(report.outcomes[0]?.detail).toContain(
      `takes no single tag away (HTTP ${status}): the image goes only with all its tags`,
    );
  },
);

test("where the image goes with a tag, that is told, and no other tag is taken", async () => {
  let deletions = 0;
  const { report, tags } = await retagged((memory, tag) => {
    deletions += 1;
    const digest = memory.resolve("team/app", tag) ?? "";
    memory.deleteManifest("team/app", digest);
    return 202;
  });
  expect(report.outcomes.map(({ state }) => state)).toContain("failed");
  expect(report.outcomes.map(({ detail }) => detail).join()).toContain(
    "has deleted the image with the tag, and with it its other tags",
  );
  expect({ deletions, left: tags.length }).toEqual({ deletions: 1, left: 2 });
});

test("a registry that keeps what a tag means has not deleted it, and keeps what is attached", async () => {
  const memory = new MemoryRegistry();
  const deleted: string[] = [];
  const keeping: Route = ({ method, url }) => {
    if (method !== "DELETE") return undefined;
    deleted.push(url.pathname.split("/").at(-1) ?? "");
    return { status: 202 };
  };
  const registry = await closing(() => serve(keeping, ociRoutes(memory, { referrersApi: true })));
  const pusher = new RegistryPusher(registry.url);
  const subject = await pusher.image("team/app", { tag: "1" });
  await pusher.image("team/app", { subject, artifactType: "application/vnd.example.sbom" });
  const session = await openSession(`registry+distribution://${registry.address}/team/app`);
  const plan = await session.plan(POLICY);
  expect(plan.actions).toHaveLength(2);
  const report = await session.carryOut(plan);
  expect(deleted).toEqual([subject.digest]);
  expect(report.outcomes).toMatchObject([
    { state: "failed", detail: expect.stringContaining("still has it by its tag 1") },
    { state: "skipped" },
  ]);
});
