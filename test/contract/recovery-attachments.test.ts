import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { MAY, scratchLayout, writeImage } from "../harness/scratch-layout.ts";
import { runProgram } from "./program.ts";

const POLICY = `
version: 1
images: [{ name: all, match: { reference: "**" }, keep: { none: true } }]
limits: { wholeRepositories: allow }
`;

test("what a layout lists without a name, attached to an image, comes back with it, and its place in the list", async () => {
  const layout = scratchLayout();
  const app = writeImage(layout, "app");
  const signature = layout.referrer(app, "application/x-signature", "signature", MAY);
  const ofIt = layout.referrer(signature, "application/x-signature", "of it", MAY);
  layout.add(app, "1").add(signature).add(ofIt);
  const listed = (): readonly { digest: string }[] => {
    const text = readFileSync(join(layout.directory, "index.json"), "utf8");
    const { manifests } = JSON.parse(text) as { manifests: { digest: string }[] };
    return manifests.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  };
  const before = listed();
  const memory = scratchFolder();
  const policy = join(memory, "policy.yaml");
  writeFileSync(policy, POLICY);
  const run = async (...args: readonly string[]): Promise<string> => {
    const ended = await runProgram([...args, "-t", `oci:${layout.directory}`], memory);
    expect(ended).toEqual({ ...ended, code: 0 });
    return ended.stdout;
  };
  const plan = JSON.parse(await run("plan", "-p", policy, "--json")) as Plan;
  expect(plan.actions.map(({ recovery }) => recovery.way)).toEqual([
    "archive",
    "archive",
    "archive",
  ]);
  await run("apply", "-p", policy, "--yes", "--beyond-limits");
  expect(listed()).toEqual([]);
  await run("undo");
  expect(listed()).toEqual(before);
});
