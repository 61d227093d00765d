import { describe, expect, test } from "vitest";

import { inventoryOf } from "../../test/fixtures/host-in-words.ts";
import type { Limits } from "../policy/policy.ts";
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
    const found = exceededLimits(four, { limits }, { images, freesBytes });
    expect(found.map(({ detail }) => detail)).toEqual(exceeded);
  });

  test("an incomplete inventory is one, whatever the policy", () => {
    const incomplete = inventoryOf({ unread: ["volumes"] });
    expect(exceededLimits(incomplete, {}, { images: 0, freesBytes: 0 })).toEqual([
      {
        limit: "incomplete",
        detail: "not everything could be read: the volumes could not be read",
      },
    ]);
  });
});
