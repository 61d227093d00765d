import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { openDatabase } from "./database.ts";
import { createFactsCache } from "./sqlite-facts-cache.ts";

function openCache(folder: string) {
  const notices: string[] = [];
  const cache = createFactsCache(folder, (notice) => notices.push(notice));
  onTestFinished(() => cache.close());
  return { cache, notices };
}

const FACTS = new Map([
  ["sha256:a", '{"size":1}'],
  ["sha256:b", '{"size":2}'],
]);

test("what was written is known to the next process, by scope", () => {
  const folder = scratchFolder();
  const first = openCache(folder).cache;
  first.write("engine:1", FACTS);
  first.close();
  const { cache, notices } = openCache(folder);
  expect(cache.read("engine:1", ["sha256:a", "sha256:b", "sha256:c"])).toEqual(FACTS);
  expect(cache.read("engine:2", ["sha256:a"])).toEqual(new Map());
  expect(notices).toEqual([]);
});

test("retain forgets the rest of the scope, and of no other", () => {
  const { cache } = openCache(scratchFolder());
  cache.write("engine:1", FACTS);
  cache.write("engine:2", FACTS);
  cache.retain("engine:1", new Set(["sha256:b"]));
  expect([...cache.read("engine:1", [...FACTS.keys()]).keys()]).toEqual(["sha256:b"]);
  expect(cache.read("engine:2", [...FACTS.keys()]).size).toBe(2);
});

test("only this user may read it", () => {
  const folder = join(scratchFolder(), "cache");
  openCache(folder).cache.write("engine:1", FACTS);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ["facts.db", "facts.db-wal"]) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
});

const WORTHLESS: readonly (readonly [string, (path: string) => void])[] = [
  ["text", (path) => writeFileSync(path, "this is no database at all".repeat(100))],
  ["a header and rubbish", damagePages],
  [
    "a newer version",
    (path) => {
      const database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: 0 });
      database.exec("PRAGMA user_version = 99");
      database.close();
    },
  ],
];

test.each(WORTHLESS)("a file that holds %s is replaced", (_name, spoil) => {
  const folder = scratchFolder();
  spoil(join(folder, "facts.db"));
  const first = openCache(folder);
  expect(first.cache.read("engine:1", ["sha256:a"])).toEqual(new Map());
  first.cache.write("engine:1", FACTS);
  first.cache.close();
  const second = openCache(folder);
  expect(second.cache.read("engine:1", [...FACTS.keys()])).toEqual(FACTS);
  expect([...first.notices, ...second.notices]).toEqual([]);
});

test("where the folder cannot be used, facts live in memory and a notice says why", () => {
  const blocked = join(scratchFolder(), "file");
  writeFileSync(blocked, "");
  chmodSync(blocked, 0o400);
  const { cache, notices } = openCache(join(blocked, "cache"));
  cache.write("engine:1", FACTS);
  expect(cache.read("engine:1", [...FACTS.keys()])).toEqual(FACTS);
  expect(notices).toEqual([expect.stringContaining("facts about images are not kept")]);
});

test("a file that another process keeps locked holds nobody up for long", () => {
  const folder = scratchFolder();
  openCache(folder).cache.write("engine:1", FACTS);
  const other = openDatabase(join(folder, "facts.db"), {
    synchronous: "NORMAL",
    busyTimeoutMs: 0,
  });
  onTestFinished(() => other.close());
  other.exec("BEGIN EXCLUSIVE");
  const { cache, notices } = openCache(folder);
  cache.write("engine:1", new Map([["sha256:c", "{}"]]));
  expect(cache.read("engine:1", ["sha256:c"]).size).toBe(1);
  expect(notices).toEqual([expect.stringContaining("is locked by another process")]);
});

/** Keeps the first page, so that only reading on discovers the damage. */
function damagePages(path: string): void {
  const database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: 0 });
  database.exec("PRAGMA user_version = 1; CREATE TABLE fact (scope TEXT, key TEXT, json TEXT)");
  const insert = database.prepare("INSERT INTO fact VALUES ('engine:1', ?, ?)");
  for (let row = 0; row < 50; row += 1) insert.run(`sha256:${row}`, "x".repeat(2_000));
  database.close();
  const content = readFileSync(path);
  content.fill(0x5a, 4096);
  writeFileSync(path, content);
}
