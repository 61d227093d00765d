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

test("one repository that cannot be read stops every removal", async () => {
  const failing: Route = ({ url }) =>
    url.pathname === "/v2/team/other/tags/list" ? errorAnswer(403, "DENIED") : undefined;
  const listing: Route = ({ url }) =>
    url.pathname === "/v2/_catalog"
      ? { status: 200, body: { repositories: ["team/app", "team/other"] } }
      : undefined;
  const { address } = await registryBehind(failing, listing);
  const session = await openSession(`registry+distribution://${address}`);
  const inventory = await session.look();
  expect(inventory).toMatchObject({ complete: false, unread: ["images"] });
  expect(inventory.problems).toEqual([expect.stringContaining("team/other")]);
  expect((await session.plan(POLICY)).actions).toEqual([]);
});
