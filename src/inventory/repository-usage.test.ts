import { expect, test } from "vitest";

import { sampleHost } from "../../test/fakes/sample-inventory.ts";
import { createContentGraph } from "./content-graph.ts";
import { repositoryUsage } from "./repository-usage.ts";

const { ids, inventory } = sampleHost;

test("repositories by what only they hold; an image with names in two belongs to neither alone", () => {
  const graph = createContentGraph(inventory);
  const usages = repositoryUsage(
    inventory,
    (freed) => graph.freedBy(freed),
    new Set([ids.redis, ids.build]),
  );
  expect(
    usages.map(({ repository, images, size, exclusive, removable }) => [
      repository,
      images.length,
      size.bytes / 1e6,
      exclusive.bytes / 1e6,
      removable.bytes / 1e6,
    ]),
  ).toEqual([
    ["docker.io/library/redis", 1, 50, 50, 50],
    ["docker.io/library/nginx", 1, 120, 20, 0],
    [undefined, 2, 113, 13, 3],
    ["docker.io/team/app", 2, 112, 7, 0],
    ["registry.example.com:5000/team/app", 1, 105, 0, 0],
  ]);
});
