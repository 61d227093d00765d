import { describe, expect, test } from "vitest";

import { idOf, inventoryOf, wordOf, type ImageWords } from "../../test/fixtures/host-in-words.ts";
import { orderById } from "./id-order.ts";
import { imageFacts } from "./image-facts.ts";
import { orderDeletions } from "./order.ts";

function orderOf(
  images: Readonly<Record<string, ImageWords>>,
  chosen = Object.keys(images),
): string {
  const inventory = inventoryOf({ images });
  const facts = imageFacts(inventory, new Set());
  const going = [...facts.images.keys()].filter((position) =>
    chosen.includes(wordOf(facts.images[position]?.id ?? "")),
  );
  const { positions, waveEnds } = orderDeletions(Uint32Array.from(going), facts);
  return [...positions]
    .map((position, place) => {
      const wave = waveEnds.findIndex((end) => place < end);
      return `${wave}${wordOf(facts.images[position]?.id ?? "")}`;
    })
    .join(" ");
}

describe("deletions go", () => {
  test.each<[what: string, images: Readonly<Record<string, ImageWords>>, order: string]>([
    ["nowhere", {}, ""],
    [
      "least recently active first, then by ID, unknown ages last",
      { d: { created: "-" }, b: { created: "2d" }, a: { created: "1d" }, c: { created: "2d" } },
      "0b 0c 0a 0d",
    ],
    [
      "in seconds: less makes no difference",
      { b: { created: "1500ms" }, a: { created: "1100ms" } },
      "0a 0b",
    ],
    [
      "children first",
      { base: {}, mid: { parent: "base" }, top: { parent: "mid" } },
      "0top 1mid 2base",
    ],
    [
      "the longest way counts",
      { base: {}, mid: { parent: "base" }, top: { parent: "mid", children: "base" } },
      "0top 1mid 2base",
    ],
    [
      "an index, its manifests, and what is attached to those",
      { index: { children: "arm" }, arm: {}, note: { subject: "arm" } },
      "0index 1arm 2note",
    ],
    ["in a circle, last", { a: { parent: "b" }, b: { parent: "a" }, c: {} }, "0c 1a 1b"],
  ])("%s", (_, images, order) => {
    expect(orderOf(images)).toBe(order);
  });

  test("without waiting for what stays", () => {
    expect(orderOf({ base: {}, app: { parent: "base" } }, ["base"])).toBe("0base");
  });
});

test("images are sorted by ID, however they come and whatever the IDs", () => {
  const ids = [
    ...Array.from(
      { length: 50 },
      (_, index) => `sha256:00000000${String((index * 7) % 50).padStart(56, "0")}`,
    ),
    idOf("z"),
    idOf("a"),
  ];
  const { images } = inventoryOf({ images: { it: {} } });
  const made = (chosen: readonly string[]) =>
    chosen.flatMap((id) => images.map((image) => ({ ...image, id })));
  const odd = [...ids, "sha512:ab", "zebra", ""];
  for (const chosen of [ids, odd, ids.toSorted()]) {
    const { positions, places } = orderById(made(chosen));
    expect(Array.from(positions, (position) => chosen[position])).toEqual(chosen.toSorted());
    expect(Array.from(positions, (position) => places[position])).toEqual([...chosen.keys()]);
  }
});
