import { describe, expect, test } from "vitest";

import { inventoryOf, NOW, planFor, sha256 } from "../../test/fixtures/host-in-words.ts";
import type { Unread } from "../inventory/inventory.ts";
import type { Limits, Match, Policy } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import { exceededLimits } from "./limits.ts";

const four = inventoryOf({ images: { a: {}, b: {}, c: {}, d: {} } });

describe("the brakes of a policy", () => {
  test.each<[limits: Limits, images: number, freesBytes: number, exceeded: readonly string[]]>([
    [{}, 4, 1e12, []],
    [{ imageShare: 0.5 }, 2, 0, []],
    [{ imageShare: 0.5 }, 3, 0, ["75 % of all images would go, the limit is 50 %"]],
    [{ imageShare: 0 }, 0, 0, []],
    [{ imageCount: 3 }, 3, 0, []],
    [{ imageCount: 3 }, 4, 0, ["4 images would go, the limit is 3"]],
    [{ bytes: 1000 }, 1, 1000, []],
    [{ bytes: 1000 }, 1, 1001, ["1.001kB would go, the limit is 1kB"]],
    [
      { imageShare: 0.1, imageCount: 1, bytes: 1 },
      2,
      2,
      [
        "50 % of all images would go, the limit is 10 %",
        "2 images would go, the limit is 1",
        "2B would go, the limit is 1B",
      ],
    ],
  ])("%j with %d images and %d bytes", (limits, images, freesBytes, exceeded) => {
    const found = exceededLimits(four, { limits }, { images, freesBytes, actions: [] });
    expect(found.map(({ detail }) => detail)).toEqual(exceeded);
  });

  test("an incomplete inventory is one, whatever the policy", () => {
    const incomplete = inventoryOf({ unread: ["volumes"] });
    expect(exceededLimits(incomplete, {}, { images: 0, freesBytes: 0, actions: [] })).toEqual([
      {
        limit: "incomplete",
        detail: "not everything could be read: the volumes could not be read",
      },
    ]);
  });
});

test("repositories that could not be read stop nothing elsewhere", () => {
  const none = { images: 0, freesBytes: 0, actions: [] };
  const found = (unread: readonly Unread[]) =>
    exceededLimits(inventoryOf({ unread }), {}, none).map(({ limit }) => limit);
  expect(found(["repositories"])).toEqual([]);
  expect(found(["repositories", "images"])).toEqual(["incomplete"]);
});

describe("a repository left without any tag", () => {
  const stop: Limits = { wholeRepositories: "stop" };
  const host = {
    images: {
      a1: { names: "team/a:1" },
      a2: { names: "team/a:2" },
      b1: { names: "team/b:1" },
      c1: { names: "team/c:1 team/d:1" },
      c2: { names: "team/c:2" },
    },
  };
  test.each<[what: string, match: Match, limits: Limits, detail: string | undefined]>([
    ["of several images", { repository: "team/a" }, stop, "nothing would be left in team/a"],
    ["of several such", {}, stop, "nothing would be left in team/a, team/c"],
    ["of one image, on an engine", { repository: "team/b" }, stop, undefined],
    ["not wholly", { reference: "team/a:1" }, stop, undefined],
    ["with an image that another name keeps", { repository: "team/c" }, stop, undefined],
    ["where the policy allows it", { repository: "team/a" }, {}, undefined],
  ])("%s", (_, match, limits, detail) => {
    const { exceeds } = planFor(host, { images: [{ name: "rule", match, keep: {} }], limits });
    expect(exceeds).toEqual(detail === undefined ? [] : [{ limit: "repository", detail }]);
  });

  test("by names alone", () => {
    const images = [{ name: "names", match: { repository: "team/c" }, keep: {}, untag: true }];
    const { exceeds } = planFor(host, { images, limits: stop });
    expect(exceeds.map(({ detail }) => detail)).toEqual(["nothing would be left in team/c"]);
  });

  test("of one image, in a registry", () => {
    const inventory = inventoryOf(host);
    const registry = { ...inventory, target: { ...inventory.target, kind: "registry" as const } };
    const images = [{ name: "rule", match: { repository: "team/b" }, keep: {} }];
    const policy: Policy = { source: "test", protect: [], images, limits: stop };
    const { exceeds } = decide(registry, policy, { now: NOW, sha256, libraries: {} });
    expect(exceeds.map(({ detail }) => detail)).toEqual(["nothing would be left in team/b"]);
  });
});
