import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { readTextFile, writeTextFile } from "./text-files.ts";

test.each([
  ["a text", "one\ntwo\n", "one\ntwo\n"],
  ["pieces", ["one", "\n", "two"], "one\ntwo"],
  ["nothing", [], ""],
])("a new file of %s", async (_, content, expected) => {
  const folder = scratchFolder();
  await writeTextFile(join(folder, "new.json"), content);
  expect(await readTextFile(join(folder, "new.json"))).toBe(expected);
  expect(await readdir(folder)).toEqual(["new.json"]);
});

test("an old file is replaced with its permissions kept", async () => {
  const path = join(scratchFolder(), "old.json");
  await writeFile(path, "old", { mode: 0o600 });
  await writeTextFile(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a link stays, and what it means is replaced", async () => {
  const folder = scratchFolder();
  await mkdir(join(folder, "kept"));
  await writeFile(join(folder, "kept", "real.json"), "old");
  await symlink("kept/real.json", join(folder, "link.json"));
  await writeTextFile(join(folder, "link.json"), "new");
  expect((await lstat(join(folder, "link.json"))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(folder, "kept", "real.json"), "utf8")).toBe("new");
});

test("a device is written to, never replaced", async () => {
  await writeTextFile("/dev/null", "gone");
  expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
});

test("what fails half-way leaves the old file and nothing beside it", async () => {
  const folder = scratchFolder();
  const path = join(folder, "old.json");
  await writeFile(path, "old");
  const failing = function* (): Generator<string, void> {
    yield "half";
    throw new Error("no more");
  };
  await expect(writeTextFile(path, failing())).rejects.toThrow("no more");
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["old.json"]);
});

test("a folder that does not exist is an error", async () => {
  await expect(writeTextFile(join(scratchFolder(), "no", "file.json"), "x")).rejects.toMatchObject({
    code: "ENOENT",
  });
});
