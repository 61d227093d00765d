import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDiskMeasurer, measureTree } from "./layer-disk-blocks.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-blocks-"));
  mkdirSync(join(folder, "one/deep/er"), { recursive: true });
  mkdirSync(join(folder, "two"));
  writeFileSync(join(folder, "one/deep/small"), "x");
  writeFileSync(join(folder, "one/deep/er/big"), "x".repeat(100_000));
  linkSync(join(folder, "one/deep/er/big"), join(folder, "one/again"));
  symlinkSync("/nowhere", join(folder, "one/dangling"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(["one", "two", "one/deep/small"])("%s takes what du says", (name) => {
  const path = join(folder, name);
  const said = Number(execFileSync("du", ["-s", "-k", path], { encoding: "utf8" }).split("\t")[0]);
  expect(Math.ceil((measureTree(path) ?? 0) / 1024)).toBe(said);
});

test("what is not there has no size", () => {
  expect(measureTree(join(folder, "nothing"))).toBeUndefined();
});

test("many are measured at once; what is not there is left out", async () => {
  const paths = ["one", "two", "nothing"].map((name) => join(folder, name));
  const measured = await createDiskMeasurer(10_000)(paths);
  expect([...measured.keys()].toSorted()).toEqual(paths.slice(0, 2));
  for (const [path, bytes] of measured) expect(bytes).toBe(measureTree(path));
});
