import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { allocatedBytes } from "./du.ts";
import { runCommand } from "./run-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-du-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("agrees with du, hard links, holes and symbolic links included", async () => {
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/file"), Buffer.alloc(10_000, "x"));
  linkSync(join(folder, "sub/file"), join(folder, "again"));
  symlinkSync("/usr", join(folder, "link"));
  await runCommand("truncate", ["--size=1M", join(folder, "hole")]);
  const [kilobytes] = (await runCommand("du", ["--summarize", "--block-size=1K", folder])).split(
    "\t",
  );
  expect(allocatedBytes(folder)).toBe(Number(kilobytes) * 1024);
  expect(allocatedBytes(join(folder, "sub/file"), join(folder, "again"))).toBe(
    allocatedBytes(join(folder, "again")),
  );
});

it("takes a missing path for nothing", () => {
  expect(allocatedBytes(join(folder, "absent"))).toBe(0);
});
