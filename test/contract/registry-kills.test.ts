import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry } from "../harness/registry.ts";
import { Actors } from "./actors.ts";
import { random } from "./contract-images.ts";
import { openSession, type ContractSession } from "./contract-session.ts";
import { programEnvironment } from "./program.ts";
import { fillRepository, pullAll, undo } from "./registry-coming-back.ts";

/** Half of them of a removal, half of an undo. */
const KILLS = 50;
const TIMEOUT_MS = 900_000;
const POLICY = `version: 1
images: [{ name: everything, match: {}, keep: { none: true } }]
inUseOn: []
`;

test.each(["record", "archive"])(
  `${KILLS / 2} kills: nothing of a registry is lost, and the next undo brings all of it back (%s)`,
  { timeout: TIMEOUT_MS },
  async (mode) => {
    const registry = await startRegistry();
    onTestFinished(() => registry.stop());
    const { sbom } = await fillRepository(registry.url, "team/app");
    const memory = scratchFolder();
    const policy = join(memory, "policy.yaml");
    writeFileSync(policy, POLICY);
    const environment = { PLIMSOLL_BIN: join(memory, "bin") };
    const address = `registry://${registry.address}`;
    const session = await openSession(address, { memory, environment });
    const look = () => pullAll(registry.url, "team/app", [sbom?.digest ?? ""]);
    const before = await look();
    const actors = new Actors({ ...programEnvironment(memory), ...environment }, "registry");
    const flags = ["--yes", "--beyond-limits", "--recovery", mode, "--json"];
    const act = (args: readonly string[], killAfterMs?: number) =>
      actors.act([...args, "--target", address], killAfterMs);
    const remove = (killAfterMs?: number) => act(["apply", "-p", policy, ...flags], killAfterMs);

    const removalMs = (await remove()).ms;
    expect((await session.look()).images).toEqual([]);
    const undoMs = (await act(["undo"])).ms;
    expect(await look()).toEqual(before);

    for (let kills = 0; kills < KILLS / 2;) {
      if ((await remove(random.number() * removalMs)).wasKilled) kills += 1;
      await bringBack(session);
      expect(await look()).toEqual(before);

      await remove();
      expect((await session.look()).images).toEqual([]);
      if ((await act(["undo"], random.number() * undoMs)).wasKilled) kills += 1;
      expect(await undo(session)).toMatchObject({ state: "done" });
      expect(await look()).toEqual(before);
    }
  },
);

/** What the cut-off run has removed; one that had not begun has removed nothing, and the one before it is back already. */
async function bringBack(session: ContractSession): Promise<void> {
  await session.reconcile();
  expect(await undo(session)).toMatchObject({ state: "done" });
}
