import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import type { CliContext } from "../../src/cli/cli-context.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { openBin } from "../../src/main/open-bin.ts";
import { openTarget } from "../../src/main/open-target.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { sampleAction, samplePlan } from "../fakes/sample-plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { observeLayout, scratchLayout, writeImage } from "../harness/scratch-layout.ts";
import { cli, NOW_MS } from "./cli-harness.ts";

const { signal } = new AbortController();

/** A layout, and a context whose state and bin are in a folder of the test. */
function layoutHost() {
  const layout = scratchLayout();
  const folder = scratchFolder();
  const environment = { PLIMSOLL_STATE_DIR: folder, PLIMSOLL_CACHE_DIR: join(folder, "cache") };
  const settings = readSettings(environment, homedir());
  let nowMs = NOW_MS;
  const clock = (): number => nowMs;
  const options = { settings, clock, signal, notify: () => undefined };
  const context: Pick<CliContext, "openTarget" | "openHistory" | "openBin" | "clock"> = {
    clock,
    openTarget: () => openTarget(`oci:${layout.directory}`, options),
    openHistory: () => Promise.resolve(openRunJournal(folder)),
    openBin: (directory) => openBin(options, directory),
  };

  /** Removes an image after it has been put into the bin; answers the run. */
  async function remove(id: string): Promise<string> {
    const session = await context.openTarget(undefined);
    const image = (await session.observe({ signal })).images.find((each) => each.id === id);
    const references = image?.references ?? [];
    const recovery = { way: "archive", detail: "" } as const;
    const action = sampleAction({ subject: id, references, recovery });
    const now = new Date((nowMs += 3_600_000)).toISOString();
    const { target } = session;
    const plan = samplePlan([action], { id: `sha256:plan of ${now}`, target, now });
    const { runId } = await session.apply(plan, {
      signal,
      unattended: true,
      beyondLimits: true,
      onEvent: () => undefined,
    });
    await session.close();
    return runId;
  }
  return { layout, context, remove };
}

async function namesIn({ directory }: LayoutWriter): Promise<readonly string[]> {
  const { images } = await observeLayout(directory);
  return images.map(({ id, references }) => `${id} ${references.join(" ")}`).toSorted();
}

test("undo tells what came back, and a second time that it is there", async () => {
  const { layout, context, remove } = layoutHost();
  const image = writeImage(layout, "app");
  layout.add(image, "1").add(image, "latest");
  const before = await namesIn(layout);
  const runId = await remove(image.digest);
  expect(await namesIn(layout)).toEqual([]);

  expect(await cli(["undo"], context)).toEqual({
    code: 0,
    stdout: `Restored 1 image of run ${runId}.\n`,
    stderr: "",
  });
  expect(await namesIn(layout)).toEqual(before);
  const again = await cli(["undo", runId], context);
  expect(again.stdout).toBe(`Restored nothing of run ${runId}.\nThere already: 1 image.\n`);
  const { stdout } = await cli(["undo", "--json"], context);
  expect(JSON.parse(stdout)).toEqual({
    schema: "plimsoll.undo/1",
    runId,
    state: "done",
    steps: [
      {
        index: 0,
        kind: "delete-image",
        subject: image.digest,
        references: ["localhost/app:1", "localhost/app:latest"],
        state: "there",
        details: [],
      },
    ],
  });
});

test("undo of nothing, and of a run that is not known", async () => {
  const { layout, context } = layoutHost();
  layout.save();
  const nothing = await cli(["undo"], context);
  expect(nothing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no run on this target has removed anything"),
  });
  const unknown = await cli(["undo", "20260101-000000-abcdef"], context);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no run") });
});

test("undo says what is partly back, and ends with status 3", async () => {
  const { layout, context, remove } = layoutHost();
  const image = writeImage(layout, "app");
  layout.add(image, "1");
  await remove(image.digest);
  layout.entries.length = 0;
  layout.add(writeImage(layout, "newer"), "1");
  const { code, stdout } = await cli(["undo"], context);
  expect(code).toBe(3);
  expect(stdout).toContain("Restored, but not as it was: 1 image");
  expect(stdout).toContain("localhost/app:1 means sha256:");
});

test("restore brings the latest of a name back, or the one that is chosen", async () => {
  const { layout, context, remove } = layoutHost();
  const first = writeImage(layout, "first");
  layout.add(first, "1");
  const firstRun = await remove(first.digest);
  layout.entries.length = 0;
  const second = writeImage(layout, "second");
  layout.add(second, "1");
  await remove(second.digest);

  const chosen = await cli(["restore", "localhost/app:1", "--from", firstRun], context);
  expect(chosen).toEqual({ code: 0, stdout: "Restored localhost/app:1\n", stderr: "" });
  expect(await namesIn(layout)).toEqual([`${first.digest} localhost/app:1`]);

  const latest = await cli(["restore", "localhost/app:1", "--json"], context);
  expect(JSON.parse(latest.stdout)).toMatchObject({
    schema: "plimsoll.restore/1",
    restored: [
      {
        id: second.digest,
        wasThere: false,
        references: [],
        taken: [{ reference: "localhost/app:1", by: first.digest }],
      },
    ],
    failed: [],
  });
  const again = await cli(["restore", first.digest], context);
  expect(again.stdout).toBe("localhost/app:1 is there already\n");
});

test.for([
  [["restore", "no-such:1"], 1, /has no image "no-such:1"/],
  [["restore", "app:1", "--at", "yesterday"], 2, /is not a time/],
  [["restore", "app:1", "--at", "2026-01-01T00:00:00Z", "--from", "x"], 2, /give one of them/],
  [["restore", "app:1", "--from", "20260101-000000-abcdef"], 1, /there is no run/],
] as const)("%j is refused", async ([args, code, message]) => {
  const { layout, context } = layoutHost();
  layout.save();
  const refused = await cli(args, context);
  expect(refused).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(message) });
});
