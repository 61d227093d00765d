import { describe, expect, test } from "vitest";

import { inventoryOf, type ImageWords, NOW } from "../../test/fixtures/host-in-words.ts";
import { activeMsOf, momentOf } from "./image-age.ts";
import type { Age } from "./policy.ts";

const HOUR = 3_600_000;

function imageOf(words: ImageWords) {
  const [image] = inventoryOf({ images: { it: words } }).images;
  if (image === undefined) throw new Error("no image");
  return image;
}

describe("the moment an image is aged from", () => {
  test.each<[words: ImageWords, by: Age, hoursAgo: number | undefined, what?: string]>([
    [{ created: "3h", arrived: "2h", used: "1h" }, "active", 1, "used"],
    [{ created: "1h", arrived: "2h", used: "3h" }, "active", 1, "created"],
    [{ created: "2h", arrived: "1h" }, "active", 1, "arrived"],
    [{ created: "2h", arrived: "2h", used: "2h" }, "active", 2, "used"],
    [{ created: "-" }, "active", undefined],
    [{ created: "-", seen: "1h" }, "active", undefined],
    [{ created: "-", arrived: "1970-01-01T00:00:00Z", used: "2h" }, "active", 2, "used"],
    [{ created: "1h", arrived: "2h" }, "created", 1, "created"],
    [{ created: "1h", arrived: "2h" }, "arrived", 2, "arrived"],
    [{ created: "1h" }, "arrived", undefined],
    [{ used: "2h", seen: "5h" }, "used", 2, "used"],
    [{ used: "5h", seen: "2h" }, "used", 2, "first seen"],
    [{ seen: "2h" }, "used", 2, "first seen"],
    [{ used: "2h" }, "used", undefined],
    [{ used: "2h", seen: "0001-01-01T00:00:00Z" }, "used", undefined],
    [{ created: "2012-01-01T00:00:00Z" }, "created", undefined],
    [
      { created: "2013-03-20T00:00:00Z" },
      "created",
      (Date.parse(NOW) - Date.UTC(2013, 2, 20)) / HOUR,
      "created",
    ],
  ])("%j by %s", (words, by, hoursAgo, what) => {
    const moment = momentOf(imageOf(words), by);
    expect(moment).toEqual(
      hoursAgo === undefined ? undefined : { atMs: Date.parse(NOW) - hoursAgo * HOUR, what },
    );
    if (by === "active") expect(activeMsOf(imageOf(words))).toBe(moment?.atMs ?? Number.NaN);
  });
});
