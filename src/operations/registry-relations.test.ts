import { expect, test } from "vitest";

import { sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Image } from "../inventory/image.ts";
import { registryRelations } from "./registry-relations.ts";

const BLOBS = { base: 1, own: 1 };

function image(id: string, over: Partial<Image> = {}): Image {
  return sampleImage(id, { blobs: [], ...over });
}

/** Of an inventory, all of which goes but `staying`. */
function relationsOf(images: readonly Image[], staying: readonly string[] = []) {
  const going = images.filter(({ id }) => !staying.includes(id));
  const actions = going.map(({ id }) => sampleAction({ subject: id }));
  const inventory = sampleInventory({ images, blobs: BLOBS });
  const relations = registryRelations(samplePlan(actions), inventory);
  const goesAlong = (id: string) => {
    const action = actions.find(({ subject }) => subject === id);
    if (action === undefined) throw new Error(`${id} stays`);
    return relations.goesAlong(action).map(({ subject }) => subject);
  };
  return { ...relations, goesAlong };
}

test("what an index lists goes along, at any depth, and what is attached to any of it", () => {
  const { goesAlong } = relationsOf([
    image("app@outer", { children: ["app@inner"] }),
    image("app@inner", { children: ["app@leaf"] }),
    image("app@leaf"),
    image("app@signature", { subject: "app@leaf" }),
    image("app@other"),
  ]);
  expect(goesAlong("app@outer")).toEqual(["app@inner", "app@leaf", "app@signature"]);
  expect(goesAlong("app@signature")).toEqual([]);
});

test("what stays does not go along", () => {
  const images = [image("app@index", { children: ["app@kept"] }), image("app@kept")];
  expect(relationsOf(images, ["app@kept"]).goesAlong("app@index")).toEqual([]);
});

test("a blob is looked for first where it stays, in a few repositories, never in its own", () => {
  const names = ["b", "c", "d", "e", "stays"];
  const own = image("a@1", { blobs: ["base", "own"] });
  const others = names.map((name) => image(`${name}@1`, { blobs: ["base"] }));
  const { alsoIn } = relationsOf([own, ...others], ["stays@1"]);
  const found = alsoIn(own);
  expect(Object.keys(found)).toEqual(["base"]);
  expect(found["base"]?.[0]).toBe("stays");
  expect(found["base"]).toHaveLength(3);
});
