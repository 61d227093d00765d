import { expect, test } from "vitest";

import { COMMON_FLAGS, type FlagTable } from "../../src/cli/command.ts";
import { COMMAND_PARENTS } from "../../src/cli/command-parents.ts";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { EXIT_STATUS_TABLE } from "../../src/cli/exit-codes.ts";
import { cli } from "./cli-harness.ts";

test("help without a command names every command", async () => {
  const { code, stdout } = await cli([]);
  expect(code).toBe(0);
  for (const { name } of COMMANDS) {
    const [word = ""] = name.split(" ");
    expect(stdout.match(new RegExp(`^ {2}${word} +\\S`, "gm"))).toHaveLength(1);
  }
  expect((await cli(["help"])).stdout).toBe(stdout);
  expect((await cli(["--help"])).stdout).toBe(stdout);
});

test.each(Object.keys(COMMAND_PARENTS))("%s: help names every command below it", async (parent) => {
  const { code, stdout } = await cli([parent, "--help"]);
  expect(code).toBe(0);
  const below = COMMANDS.flatMap(({ name }) =>
    name.startsWith(`${parent} `) ? name.slice(parent.length + 1) : [],
  );
  for (const name of below) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
  expect(await cli([parent])).toEqual({ code, stdout, stderr: "" });
  expect(await cli([parent, "nonsense"])).toMatchObject({ code: 2, stdout: "" });
});

test("--version", async () => {
  expect(await cli(["--version"])).toEqual({ code: 0, stdout: "plimsoll 1.2.3\n", stderr: "" });
});

const rows = COMMANDS.map(({ name, load }) => [name, load] as const);

test.each(rows)(
  "%s: help with examples, the common flags and the exit statuses",
  async (name, load) => {
    const { command } = await load();
    const { code, stdout } = await cli([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(await cli(["help", ...name.split(" ")])).toMatchObject({ stdout });
    for (const words of ["--json", "Examples:", "Exit status:"]) expect(stdout).toContain(words);
    expect(stdout.includes("-t, --target <TARGET>")).toBe(command.takesTarget !== false);
    for (const [status, meaning] of EXIT_STATUS_TABLE)
      expect(stdout).toMatch(new RegExp(`^ {2}${status} +${meaning}$`, "m"));
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples)
      expect(example.command).toMatch(new RegExp(`^${name}\\b`));
  },
);

test.each(rows)("%s: no letter stands for two flags", async (_, load) => {
  const { command } = await load();
  const flags: FlagTable = { ...command.flags, ...COMMON_FLAGS };
  const letters = Object.values(flags).flatMap(({ short }) => short ?? []);
  expect(letters).toEqual([...new Set(letters)]);
});
