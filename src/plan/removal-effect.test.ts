import { describe, expect, test } from "vitest";

import {
  sampleContainer,
  sampleHost,
  sampleImage,
  sampleInventory,
} from "../../test/fakes/sample-inventory.ts";
import { createContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { neighbourhood } from "./neighbourhood.ts";
import { createRemovalEffect, isIntermediate } from "./removal-effect.ts";

const { ids, inventory } = sampleHost;

function effectOf(of: Inventory) {
  return createRemovalEffect(createContentGraph(of), neighbourhood(of));
}

describe("removal of single images", () => {
  const effect = effectOf(inventory);
  test.each([
    ["shares all but its own layer", ids.app1, [ids.app1], 5e6, 100e6],
    [
      "takes the build step along that is there only for it",
      ids.build,
      [ids.build, ids.step],
      13e6,
      100e6,
    ],
    ["a step that is still needed", ids.step, [ids.step], 0, 110e6],
    ["shares nothing", ids.redis, [ids.redis], 50e6, 0],
  ])("%s", (_, id, goesWith, freedBytes, sharedBytes) => {
    expect([...effect.goesWith([id])]).toEqual(goesWith);
    expect(effect.freedBy([id])).toEqual({ bytes: freedBytes });
    expect(effect.sharedOf(id)).toEqual({ bytes: sharedBytes });
  });

  test("of all together frees everything, and questions leave no trace", () => {
    const all = inventory.images.map(({ id }) => id);
    expect(effect.freedBy(all)).toEqual({ bytes: 195e6 });
    expect(effect.freedBy(all)).toEqual({ bytes: 195e6 });
  });
});

const chain = [
  sampleImage("leaf", { parent: "middle", blobs: ["1", "2", "3"] }),
  sampleImage("middle", { parent: "root", blobs: ["1", "2"] }),
  sampleImage("root", { blobs: ["1"] }),
];

test.each([
  ["a whole chain of unnamed steps", chain, ["leaf", "middle", "root"]],
  [
    "up to a step with a name",
    chain.map((image) =>
      image.id === "root" ? { ...image, references: ["docker.io/library/root:1"] } : image,
    ),
    ["leaf", "middle"],
  ],
  [
    "not a step with another child",
    [...chain, sampleImage("twin", { parent: "middle" })],
    ["leaf"],
  ],
  [
    "the manifests of an index and what is attached to it",
    [
      sampleImage("leaf", { children: ["arm"] }),
      sampleImage("arm"),
      sampleImage("signature", { subject: "leaf" }),
    ],
    ["leaf", "arm", "signature"],
  ],
  [
    "not a manifest that another index lists",
    [
      sampleImage("leaf", { children: ["arm"] }),
      sampleImage("other", { children: ["arm"] }),
      sampleImage("arm"),
    ],
    ["leaf"],
  ],
])("goes along: %s", (_, images, expected) => {
  expect([...effectOf(sampleInventory({ images })).goesWith(["leaf"])]).toEqual(expected);
});

test("a step that a container uses stays", () => {
  const used = sampleInventory({
    images: chain,
    containers: [sampleContainer({ imageId: "middle" })],
  });
  expect([...effectOf(used).goesWith(["leaf"])]).toEqual(["leaf"]);
});

test("only what has no name and belongs to others is intermediate", () => {
  const facts = neighbourhood(inventory);
  expect(
    inventory.images.filter((image) => isIntermediate(image, facts)).map(({ id }) => id),
  ).toEqual([ids.step]);
});
