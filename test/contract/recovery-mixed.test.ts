import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { mixedScenario } from "../harness/mixed-scenario.ts";
import { archivingPlan, noteImages, random } from "./contract-images.ts";
import { openSession } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { undo } from "./undo-host.ts";

const seed = random.bytes(4).toString("hex");

/** Built by both builders, committed, imported, in use: engines keep more beside such images than beside loaded ones. */
describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
    await mixedScenario(target.engine, { seed });
  });
  afterAll(() => target.stop());

  test("every unused image goes, by the bin, and every name is back after undo", async () => {
    const memory = scratchFolder();
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const session = await openSession(target.address, { memory, environment });
    const before = await noteImages(target);
    const plan = await session.plan("unused");
    const named = new Set(
      plan.actions.flatMap(({ subject, references }) => (references.length > 0 ? [subject] : [])),
    );
    const archiving = {
      ...plan,
      actions: archivingPlan(plan).actions.map((action, index) =>
        named.has(action.subject) ? action : (plan.actions[index] ?? action),
      ),
    };
    const report = await session.carryOut(archiving);
    expect(report.outcomes.filter(({ state }) => state !== "applied")).toEqual([]);
    expect(named.size).toBeGreaterThan(5);

    await undo(session, report.runId);
    const after = await noteImages(target);
    expect(after.names).toEqual(before.names);
    const ids = new Set((await session.look()).images.map(({ id }) => id));
    expect([...named].filter((id) => !ids.has(id))).toEqual([]);
  });
});
