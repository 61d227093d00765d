import { build } from "rolldown";
import type { Plugin } from "rolldown";
import { describe, expect, test } from "vitest";

import { builtinModules } from "./builtin-modules.ts";

/** The bundle of one module, and what it exports as `result` when it runs. */
async function bundle(code: string, file = "/entry.js") {
  const entry: Plugin = {
    name: "entry",
    resolveId: (id) => (id === file ? id : null),
    load: (id) => (id === file ? code : null),
  };
  const { output } = await build({
    input: file,
    platform: "node",
    write: false,
    treeshake: { propertyReadSideEffects: false },
    plugins: [entry, builtinModules()],
  });
  const text = output[0].code;
  const { result } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    result: unknown;
  };
  return { text, result };
}

describe("builtinModules", () => {
  test.each([
    ["a name", `import { sep } from "node:path"; export const result = sep === "/";`],
    ["the default", `import path from "node:path"; export const result = path.sep === "/";`],
    ["everything", `import * as path from "path"; export const result = path.sep === "/";`],
    [
      "a class by require",
      `class Own extends require("events") {} export const result = new Own().emit("x") === false;`,
    ],
  ])("%s is there, without an import", async (_, code) => {
    const { text, result } = await bundle(code);
    expect(result).toBe(true);
    expect(text).not.toMatch(/from ["'](node:)?(path|events)/);
  });

  test("a lazy import stays one", async () => {
    const { text, result } = await bundle(
      `export const result = (await import("node:path")).sep === "/";`,
    );
    expect(result).toBe(true);
    expect(text).toContain(`import("node:path")`);
  });

  test("a name that nobody uses is not read", async () => {
    const { text } = await bundle(`import { sep } from "node:path"; export const result = sep;`);
    expect(text).not.toContain("delimiter");
  });

  test("commander gets node:child_process when it asks for something in it", async () => {
    const code = `import processes from "node:child_process"; export const result = typeof processes.spawn;`;
    const { text, result } = await bundle(code, "/node_modules/commander/entry.js");
    expect(result).toBe("function");
    expect(text).toContain("new Proxy");
  });
});
