import { describe, expect, test } from "vitest";

import { idOf, inventoryOf, type HostWords } from "../../test/fixtures/host-in-words.ts";
import { addBytes, createContentGraph } from "./content-graph.ts";

const HOST: HostWords = {
  images: {
    one: { blobs: "base libs one" },
    two: { blobs: "base libs two two" },
    alone: { blobs: "alone" },
    empty: { blobs: "" },
  },
  blobs: { base: 100, libs: 10, one: 1, two: 2, alone: 50, held: 7, unreached: 1000 },
  cache: { step: { blobs: "libs" } },
};
const graph = createContentGraph(inventoryOf(HOST));
const ids = (...words: readonly string[]): readonly string[] =>
  words.map((word) => (word === "step" ? word : idOf(word)));

test("what is there, and what something stands on", () => {
  expect(graph.total).toEqual({ bytes: 1170 });
  expect(graph.reached).toEqual({ bytes: 163 });
});

describe("freed by removing", () => {
  test.each<[words: string, bytes: number]>([
    ["", 0],
    ["one", 1],
    ["two", 2],
    ["one two", 103],
    ["one two step", 113],
    ["step", 0],
    ["alone", 50],
    ["empty", 0],
    ["nowhere", 0],
    ["alone alone", 50],
    ["one two alone empty step", 163],
  ])("%j: %d", (words, bytes) => {
    const named = words === "" ? [] : ids(...words.split(" "));
    expect(graph.freedBy(named)).toEqual({ bytes });
    expect(graph.freedBy(named.toReversed())).toEqual({ bytes });
  });
});

test.each([
  ["one", 1, 110],
  ["two", 2, 110],
  ["alone", 50, 0],
  ["empty", 0, 0],
  ["nowhere", 0, 0],
])("%s has %d bytes of its own and shares %d", (word, own, shared) => {
  expect(graph.exclusive(idOf(word)).bytes).toBe(own);
  expect(graph.shared(idOf(word)).bytes).toBe(shared);
});

test.each([
  ["base", 2],
  ["libs", 3],
  ["two", 1],
  ["unreached", 0],
])("%s has %d users", (blob, count) => {
  expect(graph.usersOf(blob)).toBe(count);
});

test("a set grows and shrinks; what is added or taken back twice counts once", () => {
  const set = graph.removals();
  const [one = -1, two = -1] = ids("one", "two").map((id) => graph.positionOf(id) ?? -1);
  expect([set.add(one).bytes, set.add(one).bytes, set.add(two).bytes]).toEqual([1, 0, 102]);
  expect(set.freed.bytes).toBe(103);
  expect([set.takeBack(one).bytes, set.takeBack(one).bytes]).toEqual([101, 0]);
  expect(set.freed.bytes).toBe(2);
  expect(set.add(-1).bytes).toBe(0);
});

test("a held blob is freed by nothing and shared by all", () => {
  const held = createContentGraph(inventoryOf({ ...HOST, held: { base: "container web" } }));
  expect(held.freedBy(ids("one", "two", "step")).bytes).toBe(13);
  expect(held.shared(idOf("alone")).bytes).toBe(0);
  expect(held.shared(idOf("one")).bytes).toBe(110);
});

describe("disk blocks", () => {
  const inventory = inventoryOf(HOST);
  const blocks = Object.fromEntries(Object.keys(inventory.blobs).map((key) => [key, 4096]));

  test("where every reached blob was measured", () => {
    const measured = createContentGraph({ ...inventory, diskBytes: blocks });
    expect(measured.freedBy(ids("one", "two"))).toEqual({ bytes: 103, diskBytes: 3 * 4096 });
    expect(measured.exclusive(idOf("nowhere"))).toEqual({ bytes: 0, diskBytes: 0 });
  });

  test("are not told where one was not", () => {
    const { base: _base, ...others } = blocks;
    expect(createContentGraph({ ...inventory, diskBytes: others }).freedBy(ids("one"))).toEqual({
      bytes: 1,
    });
  });

  test("of something unreached are not needed", () => {
    const { unreached: _unreached, ...others } = blocks;
    expect(createContentGraph({ ...inventory, diskBytes: others }).reached.diskBytes).toBe(
      5 * 4096,
    );
  });
});

test.each([
  [{ bytes: 1 }, { bytes: 2 }, { bytes: 3 }],
  [{ bytes: 1, diskBytes: 4 }, { bytes: 2 }, { bytes: 3 }],
  [
    { bytes: 1, diskBytes: 4 },
    { bytes: 2, diskBytes: 4 },
    { bytes: 3, diskBytes: 8 },
  ],
])("%j and %j", (left, right, sum) => {
  expect(addBytes(left, right)).toEqual(sum);
});
