import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { noteImages } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { meddleWith } from "./meddling-engine.ts";
import { runProgram, startProgram, type RunningProgram } from "./program.ts";
import { AHEAD_MS, removeEverything, sameContainer, undoHost } from "./undo-host.ts";

/** A process that undoes is killed when it asks for the first of these. */
const CUTS = [/^\/images\/load$/, /^\/containers\/create$/, /^\/networks\/.+\/connect$/];

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  test("kill -9 at any step: the next undo brings the rest back", async () => {
    const memory = scratchFolder();
    let program: RunningProgram | undefined;
    let cutAt: RegExp | undefined;
    const { address } = await meddleWith(target.engine, async (_method, path) => {
      if (cutAt?.test(path.replace(/\?.*$/, "")) !== true) return;
      cutAt = undefined;
      program?.child.kill("SIGKILL");
      await program?.ended;
      throw new Error("the client is dead");
    });
    const session = await openSession(address, { memory, aheadMs: AHEAD_MS });
    const { inspect, makeHost } = undoHost(target);
    await makeHost();
    const before = await noteImages(target);
    const web = await inspect("undo-web");
    for (const cut of CUTS) {
      const runs = (await removeEverything(session)).toReversed();
      cutAt = cut;
      for (const run of runs) {
        program = startProgram(["undo", run, "--target", address], memory);
        await program.ended;
      }
      expect(cutAt).toBe(undefined);

      for (const run of runs) {
        const rest = await runProgram(["undo", run, "--target", address], memory);
        expect(rest).toMatchObject({ code: 0 });
      }
      expect(await noteImages(target)).toEqual(before);
      expect(sameContainer(await inspect("undo-web"))).toEqual(sameContainer(web));
    }
  });
});
