import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classicBuild, importBase } from "../harness/build-images.ts";
import { runContainer, type ContainerRequest } from "../harness/containers.ts";
import { callApi, callApiJson } from "../harness/engine-api.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { oneCopyOn } from "../harness/scenario-images.ts";
import {
  expectAll,
  expectDone,
  expectGone,
  noteImages,
  plannedImages,
  random,
} from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { meddleWith } from "./meddling-engine.ts";

const PAYLOAD_BYTES = 300_000;

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  /** An image that containers can be made of. */
  const makeImage = (reference: string) =>
    importBase(target.engine, reference, { payloadBytes: PAYLOAD_BYTES, random });
  const makeContainer = (request: ContainerRequest) => runContainer(target.engine, request);
  const stateOf = async (container: string) => {
    const path = `/containers/${container}/json`;
    type Answer = { readonly State: { readonly Status: string } };
    return (await callApiJson<Answer>(target.engine, "GET", path)).State.Status;
  };
  const start = (container: string) =>
    callApiJson(target.engine, "POST", `/containers/${container}/start`);

  test("images of containers in every state stay, whatever has become of their names", async () => {
    const ids: string[] = [];
    const containers: string[] = [];
    for (const state of ["running", "exited", "created"] as const) {
      const image = `images.test/used/${state}:1`;
      ids.push(await makeImage(image));
      containers.push(await makeContainer({ image, name: `used-${state}`, state }));
    }
    const moving = "images.test/used/moving:latest";
    ids.push(await makeImage(moving));
    containers.push(await makeContainer({ image: moving, name: "used-moved", state: "running" }));
    const movedTo = await makeImage(moving);
    const unused = await makeImage("images.test/used/by-nobody:1");

    const before = await noteImages(target);
    const session = await openSession(target.address);
    const plan = await session.plan(removeMatching({ state: "unused" }));
    // By name the container may want the new image; where the engine shows that name, it stays as well.
    const planned = plannedImages(plan).filter((id) => id !== movedTo);
    expect(planned).toEqual([unused]);
    expectDone(await session.carryOut(plan));
    await expectGone(target, before, plannedImages(plan));

    // Docker 26's containerd store drops an image whose name has moved on, even from under a container.
    const listed = ids.filter((id) => before.ids.has(id));
    expect(ids.length - listed.length).toBe(kind === "docker-26.1-containerd" ? 1 : 0);
    for (const id of listed) {
      const { plan: forced, blocked } = await session.planOf([id]);
      expect(forced.actions).toEqual([]);
      expect(blocked).toMatchObject([{ imageId: id, uses: [{ kind: "container" }] }]);
    }
    const [running = "", exited = "", created = "", moved = ""] = containers;
    for (const container of [exited, created]) await start(container);
    expect(await stateOf(running)).toBe("running");
    expect(await stateOf(moved)).toBe("running");
    await callApiJson(target.engine, "POST", `/containers/${moved}/restart?t=0`);
    expect(await stateOf(moved)).toBe("running");
  });

  test("a stopped container and its image go together, when that is asked for", async () => {
    const image = "images.test/with-container:1";
    await makeImage(image);
    const container = await makeContainer({ image, name: "with-container", state: "exited" });
    const before = await noteImages(target);
    const session = await openSession(target.address);
    expect((await session.planOf([image])).plan.actions).toEqual([]);
    const { plan } = await session.planOf([image], true);
    expect(plan.actions.map(({ kind: action, subject }) => [action, subject])).toEqual([
      ["remove-container", container],
      ["delete-image", expect.any(String)],
    ]);
    expectAll(await session.carryOut(plan), "applied");
    await expectGone(target, before, plannedImages(plan));
    expect((await callApi(target.engine, "GET", `/containers/${container}/json`)).status).toBe(404);
  });

  test("an image gains a container between plan and apply", async () => {
    const image = "images.test/gains-container:1";
    await makeImage(image);
    const session = await openSession(target.address);
    const { plan } = await session.planOf([image]);
    const container = await makeContainer({ image, name: "newcomer", state: "created" });
    const before = await noteImages(target);
    const report = await session.carryOut(plan);
    expectAll(report, "skipped");
    expect(report.outcomes[0]?.detail).toContain("newcomer");
    await expectGone(target, before, []);
    await start(container);
  });

  describe("between the last look and the removal", () => {
    /** Opens a session that somebody gets in the way of, once, when it is about to remove the image. */
    const openMeddled = async (id: string, meddle: () => Promise<unknown>) => {
      let done = false;
      const { address } = await meddleWith(target.engine, async (method, path) => {
        if (done || method !== "DELETE" || !path.includes(id)) return;
        done = true;
        await meddle();
      });
      return openSession(address);
    };

    test("an image gains a container: the engine's refusal is an outcome (409)", async () => {
      const image = "images.test/conflict:1";
      const id = await makeImage(image);
      let container = "";
      const session = await openMeddled(id, async () => {
        container = await makeContainer({ image, name: "conflicting", state: "created" });
      });
      const { plan } = await session.planOf([image]);
      const before = await noteImages(target);
      const report = await session.carryOut(plan);
      expectAll(report, "skipped");
      expect(report).toMatchObject({ state: "partial" });
      await expectGone(target, before, []);
      expect(await target.idOf(image)).toBe(id);
      await start(container);
    });

    test("an image goes by another hand (404)", async () => {
      const image = "images.test/not-found:1";
      const id = await makeImage(image);
      const session = await openMeddled(id, () => target.removeName(image));
      const { plan } = await session.planOf([image]);
      const before = await noteImages(target);
      expectAll(await session.carryOut(plan), "gone");
      await expectGone(target, before, [id]);
    });

    test("an image gains a name: it keeps both", async () => {
      const image = "images.test/gains-name:1";
      const id = await makeImage(image);
      const session = await openMeddled(id, () => target.tag(id, "images.test/late:1"));
      const { plan } = await session.planOf([image]);
      const before = await noteImages(target);
      const report = await session.carryOut(plan);
      expectAll(report, "skipped");
      expect(report.outcomes[0]?.detail).toContain("images.test/late:1");
      await expectGone(target, before, []);
      expect(await target.listNames()).toEqual(
        expect.arrayContaining([image, "images.test/late:1"]),
      );
    });
  });

  test.runIf(kind === "docker-latest" || kind === "docker-latest-containerd")(
    "an image that is mounted into a container stays",
    async () => {
      const mounted = await makeImage("images.test/mounted:1");
      await makeImage("images.test/mounting:1");
      await makeContainer({
        image: "images.test/mounting:1",
        name: "mounting",
        state: "running",
        imageMount: "images.test/mounted:1",
      });
      const session = await openSession(target.address);
      const { plan, blocked } = await session.planOf([mounted]);
      expect(plan.actions).toEqual([]);
      expect(blocked).toMatchObject([{ uses: [{ kind: "mount", name: "mounting" }] }]);
      await target.readOut("images.test/mounted:1");
    },
  );

  test("parents and children: children first, unnamed steps go along, named parents stay", async () => {
    const base = await makeImage("images.test/base:1");
    const held = await noteImages(target);
    await classicBuild(target.engine, "images.test/parent:1", {
      dockerfile: "FROM images.test/base:1\nENV STEP=1\nRUN touch /one\nLABEL step=2\n",
    });
    const before = await noteImages(target);
    await classicBuild(
      target.engine,
      "images.test/child:1",
      oneCopyOn("images.test/parent:1", random, 1),
    );
    const all = await noteImages(target);
    const session = await openSession(target.address);

    const { plan: childOnly } = await session.planOf(["images.test/child:1"]);
    expectDone(await session.carryOut(childOnly));
    await expectGone(target, all, all.ids.difference(before.ids));

    await classicBuild(
      target.engine,
      "images.test/child:2",
      oneCopyOn("images.test/parent:1", random, 1),
    );
    const again = await noteImages(target);
    const alone = await session.planOf(["images.test/parent:1"]);
    expect(alone.plan.actions).toEqual([]);
    expect(alone.blocked).toMatchObject([
      { neededBy: [{ references: ["images.test/child:2"], uses: [] }] },
    ]);

    const { plan } = await session.planOf(["images.test/child:2", "images.test/parent:1"]);
    const waveOf = (name: string) =>
      plan.actions.find(({ references }) => references.includes(name))?.wave ?? Number.NaN;
    expect(waveOf("images.test/child:2")).toBeLessThan(waveOf("images.test/parent:1"));
    expectDone(await session.carryOut(plan));
    await expectGone(target, again, again.ids.difference(held.ids));
    expect(await target.idOf("images.test/base:1")).toBe(base);
  });
});
