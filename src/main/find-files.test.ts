import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { findFiles } from "./find-files.ts";

test("files by the end of their names, in folders too, but not in those of tools", async () => {
  const folder = scratchFolder();
  for (const inside of ["b", "a/deep", ".git", "node_modules/x"])
    mkdirSync(join(folder, inside), { recursive: true });
  const put = ["z.test.yaml", "b/x.test.yaml", "a/deep/y.test.yaml", "a/other.yaml"];
  for (const path of [...put, ".git/h.test.yaml", "node_modules/x/m.test.yaml"])
    writeFileSync(join(folder, path), "");
  const found = await findFiles(folder, ".test.yaml");
  expect(found.map((path) => path.slice(folder.length + 1))).toEqual([
    "a/deep/y.test.yaml",
    "b/x.test.yaml",
    "z.test.yaml",
  ]);
  expect(await findFiles(join(folder, "a/other.yaml"), ".test.yaml")).toEqual([
    join(folder, "a/other.yaml"),
  ]);
  await expect(findFiles(join(folder, "none"), ".test.yaml")).rejects.toThrow("ENOENT");
});
