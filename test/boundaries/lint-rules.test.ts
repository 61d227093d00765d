import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { withScratchTree } from "./scratch-tree.ts";

// Some boundaries are not drawn by imports. Each row plants what the linter must refuse there.

const require = createRequire(import.meta.url);
const oxlint = join(dirname(require.resolve("oxlint/package.json")), "bin/oxlint");

/** The rules that broke, linting one file with this repository's configuration. */
function lint(file: string, text: string): Promise<string[]> {
  const configuration = Object.fromEntries(
    [".oxlintrc.json", "scripts/lint/core-rules.mjs"].map((path) => [
      path,
      readFileSync(path, "utf8"),
    ]),
  );
  return withScratchTree({ ...configuration, [file]: text }, async (root) => {
    const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json", "src"], {
      cwd: root,
      encoding: "utf8",
    });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
    return diagnostics.map(({ code }) => code);
  });
}

const restricted = "eslint(no-restricted-properties)";
const restrictedGlobal = "eslint(no-restricted-globals)";
const noClock = "plimsoll(no-clock)";

describe("lint rules", () => {
  test.each([
    ["src/oci/x.ts", "export const now = () => Date.now();", noClock],
    ["src/policy/x.ts", "export const now = () => new Date();", noClock],
    ["src/plan/x.ts", "export const now = () => Date();", noClock],
    ["src/plan/x.ts", "export const random = () => Math.random();", restricted],
    ["src/plan/x.ts", "export const directory = () => process.cwd();", restrictedGlobal],
    ["src/inventory/x.ts", "export const bytes = Buffer.alloc(1);", restrictedGlobal],
    ["src/inventory/x.ts", "console.log(1);", "eslint(no-console)"],
    ["src/cli/x.ts", "console.log(1);", "eslint(no-console)"],
    ["src/cli/x.ts", "export const path = process.env.PATH;", restricted],
    ["src/docker/x.ts", "export const { env } = process;", restricted],
    ["src/main.ts", `export const path = process["env"]["PATH"];`, restricted],
    [
      "src/oci/x.ts",
      `export type X = import("../plan/plan.ts").Plan;`,
      "typescript(consistent-type-imports)",
    ],
    ["src/cli/x.ts", "export const f = (x: any) => x;", "typescript(no-explicit-any)"],
    ["src/cli/x.ts", "export default 1;", "import(no-default-export)"],
    ["src/cli/x.ts", "//\n".repeat(300) + "export const x = 1;", "eslint(max-lines)"],
  ])("%s: %j", async (file, text, rule) => {
    expect(await lint(file, text)).toContain(rule);
  });

  test.each([
    ["src/policy/x.ts", "export const year = (ms: number) => new Date(ms).getUTCFullYear();"],
    ["src/config/x.ts", "export const path = process.env.PATH;"],
    ["src/cli/x.ts", "export const now = () => Date.now();"],
  ])("lawful: %s: %j", async (file, text) => {
    expect(await lint(file, text)).toEqual([]);
  });
});
