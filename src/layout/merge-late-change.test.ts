import { expect, test } from "vitest";

import { parseIndexFile, type IndexFile } from "./index-file.ts";
import { mergeLateChange } from "./merge-late-change.ts";

/** An index.json that lists one entry for each letter. */
function indexOf(letters: string): IndexFile {
  const manifests = letters.split("").map((letter) => ({
    digest: `sha256:${letter.repeat(64)}`,
    size: 1,
  }));
  return parseIndexFile("index.json", JSON.stringify({ schemaVersion: 2, manifests }));
}

test.each([
  ["an entry is added", "ab", "b", "abc", "bc"],
  ["an entry is taken out", "abc", "bc", "ac", "c"],
  ["an entry is replaced", "ab", "b", "ac", "c"],
  ["what we removed stays removed", "ab", "b", "ab", "b"],
  ["a third program has added the same", "a", "ac", "ac", "ac"],
])("%s: before %s, ours %s, late %s: %s", (_what, before, current, late, expected) => {
  const merged = mergeLateChange(indexOf(current), indexOf(before), indexOf(late));
  expect(merged).toEqual(indexOf(expected).entries.map(({ source }) => source));
});
