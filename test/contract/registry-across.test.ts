import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest, storeOf } from "../harness/engine-kinds.ts";
import { pushImage, removeImage } from "../harness/registry-transfer.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { archivingPlan, expectAll, newImage } from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";
import { comingBackBy, EVERYTHING, pullAll } from "./registry-coming-back.ts";

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
  });

  test("what went from a registry into the bin comes back on an engine", async () => {
    const name = `${registry.address}/team/app:1`;
    await target.load([newImage([name])]);
    const content = await target.readOut(name);
    await pushImage(target.engine, name);
    await removeImage(target.engine, name);
    expect(await target.listNames()).toEqual([]);

    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(`registry://${registry.address}`, { memory, environment });
    const plan = comingBackBy("archive", await session.plan(EVERYTHING));
    expectAll(await session.carryOut(plan), "applied");
    const args = ["restore", name, "--target", target.address];
    const restored = await runProgram(args, memory, { env: environment });
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Restored ${name}`),
    });
    expect(await target.listNames()).toEqual([name]);
    expect(await target.readOut(name)).toEqual(content);
  });

  test("what went from an engine comes back in the registry whose name it had, where it has a manifest", async () => {
    const name = `${registry.address}/team/other:1`;
    await target.load([newImage([name])]);
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment });
    const plan = await session.plan(removeMatching({ repository: "**/team/other" }));
    expectAll(await session.carryOut(archivingPlan(plan)), "applied");
    const args = ["restore", name, "--target", `registry://${registry.address}`];
    const restored = await runProgram(args, memory, { env: environment });
    if (storeOf(kind) === "containerd") {
      expect(restored).toMatchObject({ code: 0, stdout: `Restored ${name}\n` });
      expect(Object.keys(await pullAll(registry.url, "team/other"))).toContain("1");
    } else {
      expect(restored).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("without the manifest that a registry keeps"),
      });
    }
  });
});
