import { expect, test } from "vitest";

import type { BinEntry } from "../ports/recovery-bin.ts";
import { findBinEntry, type EntryChoice } from "./find-bin-entry.ts";

const APP = "docker.io/library/app:1";
const OTHER = "registry.test/team/other:2";

function entry(hex: string, removedAt: string, references = [APP], planId = "p1"): BinEntry {
  const id = `sha256:${hex.padEnd(64, "0")}`;
  return {
    key: `${hex} ${removedAt}`,
    image: { id, references, repoDigests: [], targetKey: "", targetName: "", planId, removedAt },
    form: { kind: "manifest", root: id },
    pinned: false,
    storedBytes: 1,
  };
}

const FIRST = entry("aaaaaaa1", "2026-11-01T00:00:00Z");
const SECOND = entry("aaaaaaa2", "2026-11-03T00:00:00Z", [APP], "p2");
const THIRD = entry("bbbbbbb3", "2026-11-02T00:00:00Z", [OTHER], "p2");
const VOLUME = asVolume(entry("ccccccc4", "2026-11-04T00:00:00Z", []), "data");
const ENTRIES = [SECOND, THIRD, FIRST, VOLUME];

function asVolume({ image, ...rest }: BinEntry, name: string): BinEntry {
  return { ...rest, image: { ...image, volume: { name } } };
}

const FOUND: readonly [text: string, choice: EntryChoice, expected: BinEntry][] = [
  ["app:1", {}, SECOND],
  ["docker.io/library/app:1", {}, SECOND],
  ["app:1", { atMs: Date.parse("2026-10-01T00:00:00Z") }, FIRST],
  ["app:1", { atMs: Date.parse("2026-11-01T00:00:00Z") }, FIRST],
  ["app:1", { atMs: Date.parse("2026-11-02T00:00:00Z") }, SECOND],
  ["app:1", { planId: "p1" }, FIRST],
  ["bbbbbbb", {}, THIRD],
  [THIRD.image.id, {}, THIRD],
  ["aaaaaaa1", {}, FIRST],
  ["data", {}, VOLUME],
];

test.for(FOUND)("%s %o", ([text, choice, expected]) => {
  expect(findBinEntry(ENTRIES, text, choice, "plimsoll")).toBe(expected);
});

const NOT_FOUND: readonly [text: string, choice: EntryChoice, message: RegExp][] = [
  ["app:2", {}, /has no image "app:2"$/],
  ["app", {}, /has no image "app"$/],
  ["data:1", {}, /has no image "data:1"$/],
  ["aaaaaaa", {}, /several images/],
  ["aaaaaa", {}, /has no image/],
  ["app:1", { planId: "p3" }, /of that moment or run/],
  ["app:1", { atMs: Date.parse("2026-12-01T00:00:00Z") }, /of that moment or run/],
];

test.for(NOT_FOUND)("%s %o is no image of the bin", ([text, choice, message]) => {
  expect(() => findBinEntry(ENTRIES, text, choice, "plimsoll")).toThrow(message);
});
