import { join } from "node:path";
import { expect, test } from "vitest";

import type { CliContext } from "../../src/cli/cli-context.ts";
import { EngineError } from "../../src/docker/engine-error.ts";
import type { Engine, Inventory } from "../../src/inventory/inventory.ts";
import { sampleInventory } from "../fakes/sample-inventory.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { cli } from "./cli-harness.ts";

const ENGINE: Engine = {
  product: "docker",
  version: "28.5.2",
  apiVersion: "1.51",
  imageStore: "graphdriver",
  rootDir: "/var/lib/docker",
  disk: { totalBytes: 100e9, freeBytes: 40e9 },
};

function doctor(args: readonly string[], context: Partial<CliContext>) {
  const folder = scratchFolder();
  const folders = { state: join(folder, "state"), cache: folder, dockerConfig: folder };
  return cli(["doctor", ...args], { folders, ...context });
}

const having = (about: Partial<Inventory>): Partial<CliContext> => ({
  openTarget: () => Promise.resolve(lookOnlyTarget(sampleInventory(about))),
});

test("all is well: the engine, the disk, how exact the figures are", async () => {
  const inventory = { engine: ENGINE, diskBytes: {}, accuracy: { kind: "exact" } as const };
  const { code, stdout } = await doctor([], having(inventory));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {6}plimsoll: 1\.2\.3 on Node 24\.1\.0$/m);
  expect(stdout).toMatch(/^ok {6}state folder: .*state \(not made yet, can be\)$/m);
  expect(stdout).toMatch(/^note {4}docker plug-in: not installed for this user$/m);
  expect(stdout).toMatch(/^ok {6}target: .*, 0 images$/m);
  expect(stdout).toMatch(/^ok {6}engine: docker 28\.5\.2, API 1\.51, graphdriver image store/m);
  expect(stdout).toMatch(/^ok {6}disk: 40GB free of 100GB$/m);
  expect(stdout).toMatch(/^ok {6}sizes on disk: measured in the data root$/m);
  expect(stdout).toMatch(/^ok {6}byte figures: exact to the byte$/m);
  expect(stdout).toMatch(/^ok {6}runs: none was left unfinished$/m);
});

test("what makes the figures exact is said where they are not", async () => {
  const accuracy = { kind: "at-least", detail: "containerd cannot be reached" } as const;
  const engine: Engine = { ...ENGINE, imageStore: "containerd" };
  const { code, stdout } = await doctor([], having({ engine, accuracy }));
  expect(code).toBe(0);
  expect(stdout).toContain("note    byte figures: a lower bound: containerd cannot be reached");
  expect(stdout).toContain("PLIMSOLL_CONTAINERD");
});

test("an engine that is not there is broken; another context that is not is a note", async () => {
  const gone = new EngineError("unreachable", {
    address: "unix:///run/docker.sock",
    detail: "connect ENOENT",
  });
  const openTarget: CliContext["openTarget"] = (spec) =>
    spec === "build" ? Promise.resolve(lookOnlyTarget(sampleInventory())) : Promise.reject(gone);
  const contextNames = () => Promise.resolve(["default", "build"]);
  const { code, stdout } = await doctor([], { openTarget, contextNames });
  expect(code).toBe(1);
  expect(stdout).toContain(
    "BROKEN  target: no engine answers at unix:///run/docker.sock: connect ENOENT",
  );
  expect(stdout).toMatch(/^note {4}context default: no engine answers/m);
  expect(stdout).toMatch(/^ok {6}context build: .* answers$/m);

  const asked = await doctor(["--json", "-t", "unix:///run/docker.sock"], { openTarget });
  expect(asked.code).toBe(1);
  expect(JSON.parse(asked.stdout)).toContainEqual({
    state: "broken",
    subject: "target",
    detail: "no engine answers at unix:///run/docker.sock: connect ENOENT",
    next: expect.arrayContaining([expect.stringContaining("--target")]),
  });
});

test("what could not be read is told, and what that means", async () => {
  const { stdout } = await doctor([], having({ problems: ["volumes: timed out"] }));
  expect(stdout).toContain("note    not read: volumes: timed out");
  expect(stdout).toContain("What it may be hiding is kept.");
});
