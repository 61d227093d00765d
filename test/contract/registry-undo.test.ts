import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry, type RegistryOptions } from "../harness/registry.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { skopeo } from "../harness/skopeo.ts";
import { openSession } from "./contract-session.ts";
import {
  comingBackBy,
  EVERYTHING,
  fillRepository,
  pullAll,
  removing,
  undo,
} from "./registry-coming-back.ts";

async function startFilled(options: RegistryOptions = {}) {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.stop());
  const images = await fillRepository(registry.url, "team/app");
  const memory = scratchFolder();
  const environment = { PLIMSOLL_BIN: join(memory, "bin") };
  const session = await openSession(`registry://${registry.address}`, { memory, environment });
  const roots = [images["sbom"]?.digest ?? ""];
  const look = (repository = "team/app") => pullAll(registry.url, repository, roots);
  const pusher = new RegistryPusher(registry.url);
  const remove = async (way: "record" | "archive", policy = EVERYTHING) => {
    const plan = comingBackBy(way, await session.plan(policy));
    const report = await session.carryOut(plan);
    expect(report.outcomes.filter(({ state }) => state !== "applied")).toEqual([]);
    return report;
  };
  return { registry, images, session, look, pusher, remove, memory, environment };
}

function statesOf({ steps }: Awaited<ReturnType<typeof undo>>): readonly string[] {
  return [...new Set(steps.map(({ state }) => state))].toSorted();
}

test("all of a repository comes back: tags, nested indexes, shared children, signatures", async () => {
  const { session, look, remove, registry } = await startFilled();
  const before = await look();
  await remove("record");
  const tags = await fetch(`${registry.url}/v2/team/app/tags/list`);
  expect(await tags.json()).toMatchObject({ tags: null });
  const report = await undo(session);
  expect(report).toMatchObject({ state: "done" });
  expect(statesOf(report)).toEqual(["restored"]);
  expect(await look()).toEqual(before);

  expect(statesOf(await undo(session))).toEqual(["there"]);
  expect(await look()).toEqual(before);
});

test("skopeo copies every platform of what has come back, with the same digests", async () => {
  const { session, remove, registry, images } = await startFilled();
  await remove("archive");
  await registry.collect();
  await registry.restart();
  expect(await undo(session)).toMatchObject({ state: "done" });
  const folder = scratchFolder();
  // It copies no index in an index.
  const names = {
    ":flat": "flat",
    ":stable": "retagged",
    [`@${images["inner"]?.digest}`]: "inner",
  };
  for (const [reference, name] of Object.entries(names)) {
    const source = `docker://${registry.address}/team/app${reference}`;
    const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", source];
    await skopeo(folder, ...copy, `dir:${join(folder, name)}`);
    const manifest = readFileSync(join(folder, name, "manifest.json"));
    const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    expect(digest).toBe(images[name]?.digest);
  }
});

test("a tag that means another image by now is left to it, and told", async () => {
  const { session, look, remove, pusher, images } = await startFilled();
  const before = await look();
  await remove("record", removing({ tag: "1*" }, { tag: "stable" }));
  const { digest } = await pusher.image("team/app", { tag: "stable" });
  const { state, steps } = await undo(session);
  expect(state).toBe("partial");
  const retagged = steps.find(({ subject }) => subject.endsWith(images["retagged"]?.digest ?? "?"));
  expect(retagged).toMatchObject({
    state: "partly",
    details: [expect.stringContaining(`stable means team/app@${digest} by now`)],
  });
  const after = await look();
  expect(after).toMatchObject({ ...before, stable: digest });
});

test("what the registry has collected is told, and the rest comes back", async () => {
  const { session, remove, registry, look, pusher } = await startFilled();
  // Its only layer is one that another image keeps.
  const base = Buffer.alloc(3000, 5);
  await pusher.image("team/kept", { tag: "1", base, payloadBytes: 0 });
  await pusher.image("team/app", { tag: "light", base, payloadBytes: 0 });
  const light = (await look())["light"];
  await remove("record", removing({ repository: "team/app" }));
  await registry.collect();
  await registry.restart();
  const { state, steps } = await undo(session);
  expect(state).toBe("partial");
  const back = steps.filter((step) => step.state === "restored");
  expect(back.map(({ subject }) => subject)).toEqual([`team/app@${light}`]);
  const lost = steps.filter((step) => step.state !== "restored");
  expect(lost.length).toBeGreaterThan(5);
  for (const step of lost)
    expect(step).toMatchObject({
      state: "beyond",
      details: [
        expect.stringMatching(/the registry has collected .* which nothing else has: sha256:/),
      ],
    });
  const tags = await fetch(`${registry.url}/v2/team/app/tags/list`);
  expect(await tags.json()).toMatchObject({ tags: ["light"] });
});

test("from the bin it comes back whole, whatever the registry has collected", async () => {
  const { session, look, remove, registry } = await startFilled();
  const before = await look();
  const report = await remove("archive");
  expect(report.putBy?.images).toBe(10);
  await registry.collect();
  await registry.restart();
  expect(await undo(session)).toMatchObject({ state: "done" });
  expect(await look()).toEqual(before);
  expect(statesOf(await undo(session))).toEqual(["there"]);
});

test.each(["record", "archive"] as const)(
  "a registry that remembers blobs which it has collected is not believed (%s)",
  async (way) => {
    const { session, look, remove, registry } = await startFilled({ remembers: true });
    const before = await look();
    await remove(way);
    await registry.collect();
    const remembered = Object.keys(before).filter((digest) => digest.startsWith("sha256:"));
    const url = `${registry.url}/v2/team/app/blobs`;
    const answers = await Promise.all(
      remembered.map((digest) => fetch(`${url}/${digest}`, { method: "HEAD" })),
    );
    expect(answers.map(({ status }) => status)).toContain(200);
    const { state, steps } = await undo(session);
    expect(state).toBe("partial");
    // What it says to have taken, and was told of as restored, is there after a restart as well.
    await registry.restart();
    const { images: left } = await session.look();
    const told = steps.filter((step) => step.state === "restored").map(({ subject }) => subject);
    expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining(told));
    await pullAll(registry.url, "team/app");
    const again = await undo(session);
    if (way === "archive") {
      expect(again.state).toBe("done");
      expect(await look()).toEqual(before);
    } else expect(statesOf(again)).toEqual(["beyond"]);
  },
);

test("a blob that another repository has is mounted from there", async () => {
  const { session, look, remove, registry, pusher } = await startFilled();
  const base = Buffer.alloc(9000, 9);
  const options = { tag: "1", base, payloadBytes: 0, created: "2026-01-01T00:00:00Z" };
  await pusher.image("dev/app", options);
  await pusher.image("prod/app", options);
  const before = await look("dev/app").catch(() => pullAll(registry.url, "dev/app"));
  await remove("record", removing({ repository: "dev/app" }));
  rmSync(join(registry.storageRoot, "docker/registry/v2/repositories/dev/app/_layers"), {
    recursive: true,
  });
  expect(await undo(session)).toMatchObject({ state: "done" });
  expect(await pullAll(registry.url, "dev/app")).toEqual(before);
});
