import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BLOCK_BYTES, measureTree } from "./layer-disk-blocks.ts";
import { LayerFolders } from "./layer-folders.ts";

const LOWEST = "a".repeat(64);
const UPPER = "b".repeat(64);
const BIG_UPPER = "c".repeat(64);
const OF_BUILDKIT = "d".repeat(25);
const WRITABLE = "e".repeat(64);

let root: string;
let folders: LayerFolders;

function write(path: string, bytes: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), "x".repeat(bytes));
}

function layer(name: string, bytes: number, namesBytes: number, isLowest: boolean): void {
  write(`overlay2/${name}/diff/file`, bytes);
  mkdirSync(join(root, "overlay2/l"), { recursive: true });
  symlinkSync(`../${name}/diff`, join(root, "overlay2/l", name.slice(0, 26)));
  writeFileSync(join(root, `overlay2/${name}/link`), name.slice(0, 26));
  if (!isLowest) {
    write(`overlay2/${name}/lower`, 28);
    mkdirSync(join(root, `overlay2/${name}/work`));
  }
  for (const file of ["size", "cache-id", "diff"]) write(`layerdb/sha256/${name}/${file}`, 64);
  if (!isLowest) write(`layerdb/sha256/${name}/parent`, 71);
  write(`layerdb/sha256/${name}/tar-split.json.gz`, namesBytes);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "plimsoll-layers-"));
  layer(LOWEST, 10_000, 9_000, true);
  layer(UPPER, 1, 1, false);
  layer(BIG_UPPER, 100_000, 50_000, false);
  layer(OF_BUILDKIT, 5_000, 300, false);
  // A mount has left something behind.
  mkdirSync(join(root, `overlay2/${OF_BUILDKIT}/work/work`));
  write(`overlay2/${WRITABLE}/diff/file`, 1);
  write(`overlay2/${WRITABLE}-init/diff/file`, 1);
  write("layerdb/mounts/some-container/mount-id", 0);
  writeFileSync(join(root, "layerdb/mounts/some-container/mount-id"), WRITABLE);
  folders = new LayerFolders(join(root, "overlay2"), join(root, "layerdb"));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

test.each([
  ["the lowest", LOWEST, true],
  ["one on another", UPPER, false],
  ["one with other lengths, after it", BIG_UPPER, false],
  ["one that BuildKit had mounted", OF_BUILDKIT, false],
])("a layer takes as much as all that is of it: %s", (_title, name, isLowest) => {
  const description = join(root, "layerdb/sha256", name);
  const link = lstatSync(join(root, "overlay2/l", name.slice(0, 26))).blocks * BLOCK_BYTES;
  const whole = [`overlay2/${name}`, `layerdb/sha256/${name}`].reduce(
    (sum, path) => sum + (measureTree(join(root, path)) ?? 0),
    link,
  );
  const counted = measureTree(folders.filesOf(name)) ?? 0;
  expect(counted + folders.bytesBeside(description, name, isLowest)).toBe(whole);
});

test("ahead are all layers, without links and what containers write to", () => {
  const named = [LOWEST, UPPER, BIG_UPPER].map((name) => join(root, "overlay2", name, "diff"));
  expect(folders.ahead().toSorted()).toEqual([...named, join(root, "overlay2", OF_BUILDKIT)]);
});

test("a driver without such folders has each counted whole, and none ahead", () => {
  const others = new LayerFolders(join(root, "btrfs"), join(root, "layerdb"));
  expect(others.ahead()).toEqual([]);
  expect(others.filesOf(UPPER)).toBe(join(root, "btrfs", UPPER));
});
