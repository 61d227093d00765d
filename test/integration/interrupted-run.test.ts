import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { reconcile } from "../../src/operations/reconcile.ts";
import { createLeaseOffice } from "../../src/store/process-lease.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { fillFolder, openFolderTarget } from "../fakes/folder-target.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";

const IMAGES = 200;
const APPLY = fileURLToPath(new URL("../fakes/apply-to-folder.ts", import.meta.url));

/** Runs an apply in a process of its own and kills it (SIGKILL) once so many actions have ended. */
async function applyAndKill(images: string, state: string, afterActions: number): Promise<void> {
  const child = spawn(process.execPath, [APPLY, images, state, "1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let ended = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    ended += chunk.toString().split("sha256:").length - 1;
    if (ended >= afterActions) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("close", resolve));
}

test.each([1, 37, 111])(
  "killed after %i actions, the account is finished",
  async (afterActions) => {
    const folder = scratchFolder();
    const images = join(folder, "images");
    const state = join(folder, "state");
    mkdirSync(images);
    fillFolder(images, IMAGES);
    await applyAndKill(images, state, afterActions);

    const journal = openRunJournal(state);
    const [run] = journal.unfinished("engine:folder");
    expect(run?.summary.state).toBe("running");
    const left = readdirSync(images);
    expect(left.length).toBeLessThanOrEqual(IMAGES - afterActions);
    expect(left.length).toBeGreaterThan(0);

    const target = openFolderTarget(images, {});
    const [summary] = await reconcile({
      targetKey: "engine:folder",
      journal,
      leases: createLeaseOffice(state, Date.now),
      clock: Date.now,
      openLooker: async () => target,
    });
    // What the journal says went is what is not there any more, image by image.
    const account = journal.run(summary?.id ?? "");
    expect(account?.summary.state).toBe("interrupted");
    expect(account?.outcomes).toHaveLength(IMAGES);
    const stayed = account?.outcomes
      .filter(({ state: end }) => end !== "applied")
      .map(({ index }) => account.plan.actions[index]?.subject.slice("sha256:".length));
    expect(stayed?.toSorted()).toEqual(left.toSorted());
    expect(journal.unfinished("engine:folder")).toEqual([]);
    journal.close();
  },
);
