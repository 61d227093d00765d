import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import type { PushedManifest } from "../harness/registry-images.ts";
import { environmentIn } from "./contract-session.ts";
import { createLayoutTarget } from "./layout-target.ts";
import { noWarning, runProgram, type ProgramEnd } from "./program.ts";
import { fillRepository, pullAll } from "./registry-coming-back.ts";

const POLICY = `version: 1
images: [{ name: everything, match: {}, keep: { none: true } }]
inUseOn: []
`;

let registry: RunningRegistry;
let memory: string;
let images: Readonly<Record<string, PushedManifest>>;
let before: Readonly<Record<string, string>>;
beforeEach(async () => {
  registry = await startRegistry();
  onTestFinished(() => registry.stop());
  memory = scratchFolder();
  images = await fillRepository(registry.url, "team/app");
  before = await pullAll(registry.url, "team/app");
  writeFileSync(join(memory, "policy.yaml"), POLICY);
});

function run(...args: readonly string[]): Promise<ProgramEnd> {
  return runProgram(args, memory, { env: { PLIMSOLL_BIN: join(memory, "bin") } });
}

function here(...args: readonly string[]): Promise<ProgramEnd> {
  return run(...args, "--target", `registry://${registry.address}`);
}

async function removeAll(...flags: readonly string[]): Promise<Plan> {
  const file = join(memory, "plan.json");
  const policy = join(memory, "policy.yaml");
  const planned = await here("plan", "-p", policy, "-o", file, ...flags);
  expect(planned).toMatchObject({ code: 0, stderr: noWarning() });
  const applied = await here("apply", file, "--yes", "--beyond-limits");
  expect(applied).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
  expect(await pullAll(registry.url, "team/app")).toEqual({});
  return JSON.parse(readFileSync(file, "utf8")) as Plan;
}

test("the plan says how images come back; undo brings all of them", async () => {
  const { actions } = await removeAll();
  expect(new Set(actions.map(({ recovery }) => recovery.way))).toEqual(new Set(["record"]));
  expect(actions[0]?.recovery.detail).toMatch(/until the registry collects its blobs/);
  const said = await here("plan", "-p", join(memory, "policy.yaml"));
  expect(said.stdout).not.toContain("Comes back");
  const undone = await here("undo");
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining("Restored 10 images") });
  expect(await pullAll(registry.url, "team/app")).toEqual(before);
});

test("one image comes back by its name, with what it lists and what is attached to it", async () => {
  await removeAll();
  const name = `${registry.address}/team/app:nested`;
  const restored = await here("restore", "team/app:nested");
  expect(restored).toMatchObject({ code: 0, stdout: `Restored ${name}\n` });
  const after = await pullAll(registry.url, "team/app");
  const signature = `${images["nested"]?.digest.replace(":", "-")}.sig`;
  expect(Object.keys(after).filter((each) => !each.startsWith("sha256:"))).toEqual(
    ["nested", signature].toSorted(),
  );
  for (const [key, value] of Object.entries(after)) expect(before).toHaveProperty([key], value);
  expect(await here("restore", name)).toMatchObject({
    code: 0,
    stdout: `${name} is there already\n`,
  });
  expect(await here("restore", "team/app:none")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no image"),
  });
});

test("what the registry has collected is said", async () => {
  await removeAll();
  await registry.collect();
  await registry.restart();
  expect(await here("restore", "team/app:1.0")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the registry has collected 3 pieces of it, .*: sha256:/),
  });
  expect(await pullAll(registry.url, "team/app")).toEqual({});
});

test("by way of the bin an image goes into a layout, and from a layout into the registry", async () => {
  const plan = await removeAll("--recovery", "archive");
  expect(plan.totals.archiveBytes).toBeGreaterThan(10_000);
  await registry.collect();
  await registry.restart();
  const layout = createLayoutTarget();
  onTestFinished(() => layout.stop());
  const target = ["--target", layout.address] as const;
  const names = ["nested", "flat", "1.0"].map((tag) => `${registry.address}/team/app:${tag}`);
  expect(await run("restore", ...names, ...target)).toMatchObject({ code: 0 });
  const all = ["1", "1.0", "flat", "nested", "stable"];
  expect([...(await layout.listNames())]).toEqual(
    all.map((tag) => `${registry.address}/team/app:${tag}`),
  );
  for (const name of names) await layout.readOut(name);

  // A registry that has never seen them, and no journal of ours that tells of them.
  const forgetful = scratchFolder();
  const env = { ...environmentIn(forgetful), PLIMSOLL_BIN: join(memory, "bin") };
  const into = ["--target", `registry://${registry.address}`] as const;
  const restored = await runProgram(["restore", ...names, ...into], forgetful, { env });
  expect(restored).toMatchObject({ code: 0 });
  const after = await pullAll(registry.url, "team/app");
  expect(after).toMatchObject({
    nested: images["nested"]?.digest,
    flat: images["flat"]?.digest,
    "1.0": images["retagged"]?.digest,
    stable: images["retagged"]?.digest,
  });
});
