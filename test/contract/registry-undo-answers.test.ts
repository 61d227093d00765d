import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MemoryRegistry } from "../fakes/registries/memory-registry.ts";
import { ociRoutes } from "../fakes/registries/oci-routes.ts";
import { errorAnswer, serve, type Route } from "../fakes/registries/serve.ts";
import { tokenServer } from "../fakes/registries/token-server.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { REGISTRY_USER, startRegistry } from "../harness/registry.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";
import { comingBackBy, EVERYTHING, fillRepository, pullAll, undo } from "./registry-coming-back.ts";
import { closing } from "./registry-vendors.ts";

test("a registry with users is asked for the right to push", async () => {
  const memory = new MemoryRegistry();
  let url = "";
  const tokens = tokenServer(() => url);
  const open = await closing(() => serve(ociRoutes(memory)));
  const guarded = await closing(() => serve(tokens.hands, tokens.guards, ociRoutes(memory)));
  url = guarded.url;
  await fillRepository(open.url, "team/app");
  const before = await pullAll(open.url, "team/app");
  const folder = scratchFolder();
  const environment = { PLIMSOLL_BIN: join(folder, "bin") };
  const address = `registry+distribution://${guarded.address}/team/app`;
  const session = await openSession(address, { memory: folder, environment });
  await session.carryOut(comingBackBy("archive", await session.plan(EVERYTHING)));
  memory.repositories.get("team/app")?.blobs.clear();
  tokens.scopes.length = 0;
  tokens.revokeAll();
  expect(await undo(session)).toMatchObject({ state: "done" });
  expect(await pullAll(open.url, "team/app")).toEqual(before);
  expect(new Set(tokens.scopes)).toEqual(
    new Set(["repository:team/app:pull", "repository:team/app:pull,push"]),
  );
});

test("with a password, from the bin", async () => {
  const registry = await startRegistry({ basicAuth: true });
  onTestFinished(() => registry.stop());
  const { username, password } = REGISTRY_USER;
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const folder = scratchFolder();
  mkdirSync(join(folder, "docker"));
  const config = { auths: { [registry.address]: { auth } } };
  writeFileSync(join(folder, "docker", "config.json"), JSON.stringify(config));
  const pusher = new RegistryPusher(registry.url, true);
  const { digest } = await pusher.image("team/app", { tag: "1", payloadBytes: 3_000_000 });
  const environment = { PLIMSOLL_BIN: join(folder, "bin") };
  const address = `registry://${registry.address}`;
  const session = await openSession(address, { memory: folder, environment });
  await session.carryOut(comingBackBy("archive", await session.plan(EVERYTHING)));
  await registry.collect();
  await registry.restart();
  expect(await undo(session)).toMatchObject({ state: "done" });
  const [image] = (await session.look()).images;
  expect(image?.id).toBe(`team/app@${digest}`);
  const { signal } = new AbortController();
  expect(await session.check?.(await session.look(), { signal })).toEqual([]);
});

test("what the registry refuses is told with its words, and the rest comes back", async () => {
  const memory = new MemoryRegistry();
  const open = await closing(() => serve(ociRoutes(memory)));
  const { flat, retagged } = await fillRepository(open.url, "team/app");
  const refusing: Route = ({ method, url }) => {
    if (method !== "PUT") return undefined;
    if (url.pathname.endsWith("/manifests/stable"))
      return errorAnswer(412, "DENIED", "the tag stable is immutable");
    const isFlat = url.pathname.endsWith(flat?.digest ?? "?");
    return isFlat ? errorAnswer(403, "DENIED", "this user may not push it") : undefined;
  };
  const refuser = await closing(() => serve(refusing, ociRoutes(memory)));
  const session = await openSession(`registry+distribution://${refuser.address}/team/app`);
  await session.carryOut(comingBackBy("record", await session.plan(EVERYTHING)));
  const { state, steps } = await undo(session);
  expect(state).toBe("partial");
  const others = steps.filter((step) => step.state !== "restored");
  expect(others.map((step) => [step.subject, step.state, step.details.join()])).toEqual(
    expect.arrayContaining([
      [
        `team/app@${retagged?.digest}`,
        "partly",
        expect.stringContaining("app:stable: the tag stable is immutable"),
      ],
      [`team/app@${flat?.digest}`, "failed", expect.stringContaining("may not push it")],
    ]),
  );
  expect(others).toHaveLength(2);
  const back = await pullAll(open.url, "team/app");
  expect(back).toMatchObject({ "1": retagged?.digest, nested: expect.any(String) });
  expect(back).not.toHaveProperty("stable");
});
