import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

import { scratchFolder } from "../fakes/scratch-folder.ts";
import { noWarning } from "../contract/program.ts";
import { compiledFolder } from "../harness/compiled-folder.ts";
import { scratchLayout, writeImage } from "../harness/scratch-layout.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a process of its own; `closeEarly` reads its output no further than the first piece. */
function plimsoll(args: readonly string[], closeEarly = false): Promise<Ended> {
  const home = scratchFolder();
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      HOME: home,
      DOCKER_HOST: `unix://${home}/none.sock`,
      NODE_COMPILE_CACHE: compiledFolder(),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (piece: Buffer) => {
    texts.stdout += piece.toString();
    if (closeEarly) child.stdout.destroy();
  });
  child.stderr.on("data", (piece: Buffer) => {
    texts.stderr += piece.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

test("the exit status of a usage error, and where its words go", async () => {
  expect(await plimsoll(["nonsense"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("unknown command 'nonsense'"),
  });
});

test("no engine: the address that was tried", async () => {
  const { code, stderr } = await plimsoll(["plan"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no engine answers at unix:\/\/\/.+\/none\.sock/);
});

test("started by docker as a plug-in, it says so", async () => {
  const { code, stdout } = await plimsoll(["-H", "tcp://127.0.0.1:1", "plimsoll", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: docker plimsoll ");
  const { stderr } = await plimsoll(["-H", "tcp://127.0.0.1:1", "plimsoll", "plan"]);
  expect(stderr).toContain("no engine answers at tcp://127.0.0.1:1");
});

test("a layout: plan and apply; and a reader that goes away is no error", async () => {
  const layout = scratchLayout();
  for (const name of ["one", "two"]) layout.add(writeImage(layout, name), name);
  layout.add(writeImage(layout, "untagged"));
  const target = ["-t", `oci:${layout.directory}`];
  const planned = await plimsoll(["plan", ...target]);
  expect(planned).toMatchObject({ code: 0, stderr: noWarning() });
  expect(planned.stdout).toMatch(/^Frees \S+ \(\S+ on disk\): 1 image\.$/m);
  const applied = await plimsoll(["apply", "--yes", ...target]);
  expect(applied.code).toBe(0);
  const [, predicted] = /^Predicted {2}(.+)$/m.exec(applied.stdout) ?? [];
  expect(applied.stdout).toContain(`Freed      ${predicted} `);
  expect(await plimsoll(["plan", ...target], true)).toMatchObject({
    code: 0,
    stderr: noWarning(),
  });
});
