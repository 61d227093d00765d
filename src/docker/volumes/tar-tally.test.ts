import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../../test/fakes/scratch-folder.ts";
import { TarTally, type TarContents } from "./tar-tally.ts";

const LONG = "long".repeat(50);
/** Of the files below: a file with two names counts once, links by their targets. */
const CONTENT_BYTES = 3_000 + 700 + 2_000_000 + "../plain".length + LONG.length;
const ENTRIES = 9;

function filledFolder(): string {
  const folder = scratchFolder();
  writeFileSync(join(folder, "plain"), "x".repeat(3_000));
  mkdirSync(join(folder, "dir"));
  linkSync(join(folder, "plain"), join(folder, "dir/hard"));
  symlinkSync("../plain", join(folder, "dir/sym"));
  symlinkSync(LONG, join(folder, "far"));
  writeFileSync(join(folder, LONG), "y".repeat(700));
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(folder, "sparse"), "");
  truncateSync(join(folder, "sparse"), 2_000_000);
  return folder;
}

function tarOf(folder: string, ...words: readonly string[]): Buffer {
  return execFileSync("tar", ["--create", "--file=-", ...words, `--directory=${folder}`, "."], {
    maxBuffer: 10_000_000,
  });
}

function tallied(tar: Buffer, pieceBytes: number): TarContents {
  const tally = new TarTally();
  for (let at = 0; at < tar.byteLength; at += pieceBytes)
    tally.push(tar.subarray(at, at + pieceBytes));
  return tally.contents();
}

test.each([
  ["pax", ["--format=posix"]],
  ["pax with sparse files", ["--format=posix", "--sparse"]],
  ["pax with sparse files as of old", ["--format=posix", "--sparse", "--sparse-version=0.0"]],
  ["GNU", ["--format=gnu"]],
])("counts what is in a tar: %s", (_name, words) => {
  const tar = tarOf(filledFolder(), ...words);
  const whole = { contentBytes: CONTENT_BYTES, entries: ENTRIES, isWhole: true };
  for (const pieceBytes of [tar.byteLength, 4_096, 1_000, 7])
    expect(tallied(tar, pieceBytes)).toEqual(whole);
});

test("a tar that ends too early is not whole", () => {
  const tar = tarOf(filledFolder(), "--format=posix");
  for (const share of [0, 0.3, 0.6]) {
    const cut = tar.subarray(0, Math.floor(tar.byteLength * share));
    expect(tallied(cut, 4_096).isWhole).toBe(false);
  }
  // Without its marks of the end.
  const end = tar.lastIndexOf(1);
  expect(tallied(tar.subarray(0, Math.max(0, end)), 4_096).isWhole).toBe(false);
});

test("an empty folder has one entry", () => {
  expect(tallied(tarOf(scratchFolder()), 512)).toEqual({
    contentBytes: 0,
    entries: 1,
    isWhole: true,
  });
});

test("a size of more than 8 GiB is one in base-256", () => {
  const header = Buffer.alloc(512);
  header.write("large", 0);
  header.write("0", 156);
  header[124] = 0x80;
  header.writeUIntBE(20 * 2 ** 30, 130, 6);
  const tally = new TarTally();
  tally.push(header);
  expect(tally.contents()).toEqual({ contentBytes: 20 * 2 ** 30, entries: 1, isWhole: false });
});
