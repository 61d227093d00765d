import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { ImageFiles } from "./image-files.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const LONG_AGO_MS = Date.parse("2026-11-01T00:00:00Z");

/** Files as the engine lays them out, all last changed long ago. */
function folderWith(names: unknown = {}): { folder: string; files: ImageFiles } {
  const folder = scratchFolder();
  for (const path of [`imagedb/content/sha256`, `imagedb/metadata/sha256/${A}`])
    mkdirSync(join(folder, path), { recursive: true });
  for (const hex of [A, B]) writeFileSync(join(folder, `imagedb/content/sha256/${hex}`), "{}");
  writeFileSync(join(folder, `imagedb/metadata/sha256/${A}/parent`), `sha256:${B}`);
  writeFileSync(join(folder, "repositories.json"), JSON.stringify({ Repositories: names }));
  return { folder, files: new ImageFiles(folder) };
}

/** Whenever this test runs, the files count as settled. */
const SETTLED_MS = Date.now() + 3_600_000;

/** Kernels round the moment of a change: until this returns, the next one may bear the stamp of the last. */
function waitForNextStamp(folder: string): void {
  const stamp = (): bigint => {
    // A file of its own each time: on some, a stamp that was looked at is followed by a finer one.
    const probe = join(folder, "probe");
    writeFileSync(probe, "");
    const { ctimeNs } = statSync(probe, { bigint: true });
    rmSync(probe);
    return ctimeNs;
  };
  const before = stamp();
  while (stamp() === before);
}

test("images, the names they have, and what is noted of them", () => {
  const { folder, files } = folderWith({
    "team/app": { "team/app:1": `sha256:${A}`, [`team/app@sha256:${B}`]: `sha256:${A}` },
    other: { "other:latest": `sha256:${B}` },
  });
  writeFileSync(join(folder, "imagedb/content/sha256/.tmp-123"), "{");
  expect(files.ids().toSorted()).toEqual([`sha256:${A}`, `sha256:${B}`]);
  expect(files.names()).toEqual(
    new Map([
      [`sha256:${A}`, ["team/app:1", `team/app@sha256:${B}`]],
      [`sha256:${B}`, ["other:latest"]],
    ]),
  );
  expect(files.noted()).toEqual(new Set([`sha256:${A}`]));
  expect(files.parentOf(`sha256:${A}`)).toBe(`sha256:${B}`);
  expect(files.parentOf(`sha256:${B}`)).toBeUndefined();
});

test.each([
  ["is a list", []],
  ["has a repository that is none", { "team/app": "team/app:1" }],
  ["has a name that means nothing", { "team/app": { "team/app:1": null } }],
])("a file of names that %s tells nothing", (_title, names) => {
  expect(folderWith(names).files.names()).toBeUndefined();
});

test.each<[string, (folder: string) => void]>([
  ["a name is given", (folder) => writeFileSync(join(folder, "repositories.json"), "{} ")],
  ["an image goes", (folder) => rmSync(join(folder, `imagedb/content/sha256/${B}`))],
  [
    "the same name is given again",
    (folder) =>
      writeFileSync(join(folder, `imagedb/metadata/sha256/${A}/lastUpdated`), "2026-11-21"),
  ],
])("the state is another when %s", (_title, change) => {
  const { folder, files } = folderWith();
  const before = files.state(SETTLED_MS);
  expect(before).toBeDefined();
  expect(files.state(SETTLED_MS)).toBe(before);
  waitForNextStamp(folder);
  change(folder);
  expect(files.state(SETTLED_MS)).not.toBe(before);
});

test("there is no state while a change is so recent that the next might not show", () => {
  const { folder, files } = folderWith();
  const changedMs = statSync(join(folder, "repositories.json")).ctimeMs;
  expect(files.state(changedMs)).toBeUndefined();
  // A time that was set back does not hide when the change was made.
  for (const path of ["repositories.json", "imagedb/content/sha256"])
    utimesSync(join(folder, path), LONG_AGO_MS / 1000, LONG_AGO_MS / 1000);
  expect(files.state(changedMs)).toBeUndefined();
});

test("there is no state where a file is missing", () => {
  const { folder, files } = folderWith();
  rmSync(join(folder, "repositories.json"));
  expect(files.state(SETTLED_MS)).toBeUndefined();
});
