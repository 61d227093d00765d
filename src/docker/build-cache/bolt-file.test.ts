import { describe, expect, test } from "vitest";
import { chainIdsOfSnapshots } from "./build-cache-snapshots.ts";
import { BoltError, readBolt } from "./bolt-file.ts";

const PAGE = 4096;
const BRANCH = 1;
const LEAF = 2;

interface Entry {
  readonly key: string;
  /** A text value, an inline bucket (header and page), or the page of a bucket. */
  readonly value: string | Uint8Array;
  readonly isBucket?: boolean;
}

/** A leaf page, by bbolt's `page.go`. */
function leafPage(entries: readonly Entry[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = entries.map(({ key, value, isBucket = false }) => ({
    key: encoder.encode(key),
    value: typeof value === "string" ? encoder.encode(value) : value,
    flags: isBucket ? 1 : 0,
  }));
  let end = 16 + 16 * parts.length;
  const size = parts.reduce((sum, part) => sum + part.key.length + part.value.length, end);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, LEAF, true);
  view.setUint16(10, parts.length, true);
  parts.forEach(({ key, value, flags }, index) => {
    const element = 16 + 16 * index;
    view.setUint32(element, flags, true);
    view.setUint32(element + 4, end - element, true);
    view.setUint32(element + 8, key.length, true);
    view.setUint32(element + 12, value.length, true);
    bytes.set(key, end);
    bytes.set(value, end + key.length);
    end += key.length + value.length;
  });
  return bytes;
}

function inlineBucket(entries: readonly Entry[]): Uint8Array {
  return Uint8Array.from([...new Uint8Array(16), ...leafPage(entries)]);
}

function bucketAt(page: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(page), true);
  return bytes;
}

function branchPage(pages: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16 + 16 * pages.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, BRANCH, true);
  view.setUint16(10, pages.length, true);
  pages.forEach((page, index) => view.setBigUint64(16 + 16 * index + 8, BigInt(page), true));
  return bytes;
}

function metaPage(rootPage: number, transaction: number): Uint8Array {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 0xed0cdaed, true);
  view.setUint32(20, 2, true);
  view.setUint32(24, PAGE, true);
  view.setBigUint64(32, BigInt(rootPage), true);
  view.setBigUint64(64, BigInt(transaction), true);
  let checksum = 0xcbf29ce484222325n;
  for (const byte of bytes.subarray(16, 72)) {
    checksum = ((checksum ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  view.setBigUint64(72, checksum, true);
  return bytes;
}

function database(...pages: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(PAGE * pages.length);
  pages.forEach((page, index) => bytes.set(page, PAGE * index));
  return bytes;
}

const SNAPSHOTS = [
  { key: "r1", isBucket: true, value: inlineBucket([{ key: "chainid", value: "sha256:aa" }]) },
  { key: "r2", isBucket: true, value: inlineBucket([{ key: "parent", value: "r1" }]) },
];

describe("a database", () => {
  const whole = database(
    metaPage(3, 7),
    metaPage(4, 8),
    leafPage([{ key: "sha256:bb", isBucket: true, value: inlineBucket([]) }]),
    leafPage([{ key: "old", value: "" }]),
    branchPage([5, 2]),
    leafPage([...SNAPSHOTS, { key: "r3", isBucket: true, value: bucketAt(3) }]),
  );

  test("is read by the later of its meta pages, through branches, inline and other buckets", () => {
    const { buckets, transaction } = readBolt(whole);
    expect(transaction).toBe(8n);
    expect([...buckets.keys()]).toEqual(["r1", "r2", "r3", "sha256:bb"]);
    expect([...(buckets.get("r3") as Map<string, unknown>).keys()]).toEqual(["old"]);
    expect(chainIdsOfSnapshots(buckets)).toEqual(
      new Map([
        ["r1", "sha256:aa"],
        ["sha256:bb", "sha256:bb"],
      ]),
    );
  });

  test("whose later meta page is torn is read by the other one", () => {
    const torn = whole.slice();
    torn[PAGE + 33] = 9;
    const { buckets, transaction } = readBolt(torn);
    expect(transaction).toBe(7n);
    expect([...buckets.keys()]).toEqual(["old"]);
  });
});

test.each([
  ["an empty file", new Uint8Array()],
  ["no meta page", new Uint8Array(4 * PAGE)],
  ["a root page beyond the end", database(metaPage(9, 1), metaPage(9, 2))],
  [
    "a page of no known kind",
    database(
      metaPage(2, 1),
      metaPage(2, 2),
      Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0]),
      new Uint8Array(9),
    ),
  ],
  ["a branch that leads back to itself", database(metaPage(2, 1), metaPage(2, 2), branchPage([2]))],
])("%s is refused", (_title, bytes) => {
  expect(() => readBolt(bytes)).toThrow(BoltError);
});
