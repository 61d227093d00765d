import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

import { COMPLETION_SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { cli } from "./cli-harness.ts";
import { fakeHost } from "./fake-host.ts";

/** The words typed so far, the last of them unfinished; candidates and the directive. */
const completions: readonly (readonly [string[], string[], number])[] = [
  [["pl"], ["plan"], 4],
  [["p"], ["plan", "prune", "policy", "pull", "push"], 4],
  [["policy", "ch"], ["check"], 4],
  [["-t", "x", "policy", "--json", "ch"], ["check"], 4],
  [["policy", "check", "--js"], ["--json"], 4],
  [["policy", "check", ""], [], 0],
  [["plan", "-p", ""], [], 0],
  [["-t", "x", "hist"], ["history"], 4],
  [["-t", ""], ["default", "build"], 4],
  [["--j"], ["--json"], 4],
  [["plan", "--pre"], ["--preset"], 4],
  [["plan", "--preset", "c"], ["ci"], 4],
  [["plan", "--preset=c"], ["--preset=ci"], 4],
  [["plan", "--filter", "un"], ["until="], 6],
  [["plan", "--inventory", ""], [], 0],
  [["plan", "--all", "--al"], ["--all-kept"], 4],
  [["apply", ""], [], 0],
  [["rm", "w"], ["web:1", "web:stable"], 4],
  [["rm", "web:1", "o"], ["old:1"], 4],
  [["completion", "z"], ["zsh"], 4],
  [["nonsense", ""], [], 4],
];

test.each(completions)("%j", async (words, candidates, directive) => {
  const { context } = fakeHost();
  const contextNames = () => Promise.resolve(["default", "build"]);
  const { code, stdout } = await cli(["__completeNoDesc", ...words], { ...context, contextNames });
  expect(code).toBe(0);
  expect(stdout).toBe([...candidates, `:${directive}`, ""].join("\n"));
});

test("with descriptions behind a tab, as the docker CLI wants them", async () => {
  const { stdout } = await cli(["__complete", "plan", "--older"]);
  expect(stdout).toMatch(/^--older-than\tonly images older .+\n:4\n$/);
});

test("a target that cannot be read offers nothing and says nothing", async () => {
  expect(await cli(["__complete", "rm", ""])).toEqual({ code: 0, stdout: ":4\n", stderr: "" });
});

test.each(["bash", "zsh", "fish"])(
  "the %s script is printed, and that shell can read it",
  async (shell) => {
    const { code, stdout } = await cli(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toBe(COMPLETION_SCRIPTS[shell]);
    const parsed = spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" });
    // A shell that is not installed cannot be asked.
    if (parsed.error === undefined) expect(parsed).toMatchObject({ status: 0, stderr: "" });
  },
);
