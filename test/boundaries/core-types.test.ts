import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { withScratchTree } from "./scratch-tree.ts";

// For the core, a second compilation knows no global but those of the language.

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

function compile(text: string): Promise<string> {
  const configuration = Object.fromEntries(
    ["package.json", "tsconfig.json", "tsconfig.core.json"].map((path) => [
      path,
      readFileSync(path, "utf8"),
    ]),
  );
  return withScratchTree({ ...configuration, "src/oci/x.ts": text }, async (root) => {
    const args = [tsc, "--project", "tsconfig.core.json", "--pretty", "false"];
    return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" }).stdout;
  });
}

describe("types of the core", () => {
  test.each([
    "process",
    "Buffer",
    "console",
    "fetch",
    "performance",
    "setTimeout",
    "crypto",
    "window",
  ])("%s is an unknown name", async (name) => {
    const output = await compile(`export const planted = ${name};`);
    expect(output).toMatch(new RegExp(`^src/oci/x\\.ts\\(1,24\\): .*'${name}'`));
  });

  test("the language itself is there", async () => {
    expect(await compile("export const planted = new Map([[1, new Date(0)]]);")).toBe("");
  });
});
