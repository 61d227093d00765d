import { describe, expect, test } from "vitest";

import { inventoryOf, wordOf, type ImageWords } from "../../test/fixtures/host-in-words.ts";
import type { Inventory } from "./inventory.ts";
import { builtUpon, isDangling } from "./dangling.ts";

type Place = "graphdriver" | "containerd" | "podman" | "layout";

function inventoryAt(place: Place, image: ImageWords): Inventory {
  const made = inventoryOf({
    images: { it: image },
    store: place === "containerd" ? place : "graphdriver",
  });
  const { engine, ...rest } = made;
  if (place === "layout" || engine === undefined) return rest;
  return { ...rest, engine: { ...engine, product: place === "podman" ? "podman" : "docker" } };
}

describe("dangling", () => {
  test.each<
    [what: string, place: Place, image: ImageWords, hasChildren: boolean, dangling: boolean]
  >([
    ["neither name nor child", "graphdriver", {}, false, true],
    ["neither name nor child", "containerd", {}, false, true],
    ["neither name nor child", "podman", {}, false, true],
    ["neither name nor child", "layout", {}, false, true],
    ["a tag", "graphdriver", { names: "a:1" }, false, false],
    ["a child", "graphdriver", {}, true, false],
    ["a digest alone", "graphdriver", { names: "a@x" }, false, true],
    ["a digest alone", "containerd", { names: "a@x" }, false, false],
    ["a digest alone", "podman", { names: "a@x" }, false, false],
    ["a digest alone", "layout", { names: "a@x" }, false, true],
    ["a digest alone, and a child", "graphdriver", { names: "a@x" }, true, false],
  ])("%s, %s", (_, place, image, hasChildren, dangling) => {
    const inventory = inventoryAt(place, image);
    const [it] = inventory.images;
    if (it === undefined) throw new Error("no image");
    expect(isDangling(it, inventory, hasChildren)).toBe(dangling);
  });
});

test("what others were built on", () => {
  const inventory = inventoryOf({ images: { a: { parent: "b" }, b: { parent: "gone" }, c: {} } });
  expect([...builtUpon(inventory)].map(wordOf)).toEqual(["b", "gone"]);
});
