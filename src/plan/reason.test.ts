import { expect, test } from "vitest";

import type { Use } from "../inventory/image-use.ts";
import type { Moment } from "../policy/image-age.ts";
import type { Keep } from "../policy/policy.ts";
import { createSayRemoved, ordinal, sayMoment, sayRank, sayUses, sayWithin } from "./reason.ts";

const DAY = 86_400_000;
const NOW_MS = 1000 * DAY;
const ago = (days: number, what: Moment["what"] = "created"): Moment => ({
  atMs: NOW_MS - days * DAY,
  what,
});
const use = (kind: Use["kind"], name: string, state = "running"): Use => ({
  kind,
  id: name,
  name,
  state,
});

test.each([
  [1, "1st"],
  [2, "2nd"],
  [3, "3rd"],
  [4, "4th"],
  [11, "11th"],
  [12, "12th"],
  [13, "13th"],
  [21, "21st"],
  [102, "102nd"],
  [111, "111th"],
])("%d is the %s", (number, text) => {
  expect(ordinal(number)).toBe(text);
});

test.each([
  [ago(3), "created 3d ago"],
  [ago(0, "used"), "used just now"],
  [ago(-1, "arrived"), "arrived just now"],
  [ago(1.5, "first seen"), "first seen 1d 12h ago"],
])("%j", (moment, text) => {
  expect(sayMoment(moment, NOW_MS)).toBe(text);
});

test("kept for its age", () => {
  expect(sayWithin(ago(3), NOW_MS, 7 * DAY)).toBe("created 3d ago; kept for 7d");
});

test.each([
  [1, 1, "docker.io/library/app", "the newest of app; 1 is kept"],
  [1, 3, "docker.io/team/app:main", "the newest of team/app:main; 3 are kept"],
  [2, 3, "quay.io/team/app", "2nd newest of quay.io/team/app; 3 are kept"],
  [3, 3, "the target", "3rd newest of the target; 3 are kept"],
])("rank %d of %d in %s", (rank, last, group, text) => {
  expect(sayRank(rank, last, group)).toBe(text);
});

test.each<[keep: Keep, moment: Moment | undefined, text: string]>([
  [{}, undefined, "dangling"],
  [{}, ago(9), "dangling, created 9d ago"],
  [{ within: DAY }, ago(9), "dangling, created 9d ago, kept only for 1d"],
  [
    { within: DAY, by: "used" },
    ago(9, "used"),
    "dangling, used 9d ago, kept only for 1d after its last use",
  ],
  [{ last: 0 }, ago(9), "dangling, created 9d ago"],
  [{ last: 1 }, ago(9), "dangling, created 9d ago, not the newest"],
  [
    { within: DAY, last: 3 },
    ago(9),
    "dangling, created 9d ago, kept only for 1d, not among the 3 newest",
  ],
  [
    { anyOf: [{ within: DAY }, { within: 2 * DAY, by: "arrived" }, { last: 2 }] },
    ago(9),
    "dangling, created 9d ago, kept only for 1d, kept only for 2d after its arrival, not among the 2 newest",
  ],
])("removed by %j", (keep, moment, text) => {
  expect(createSayRemoved(keep, NOW_MS)(moment, "dangling")).toBe(text);
});

test.each<[uses: readonly Use[], text: string]>([
  [[use("container", "web")], "used by running container web"],
  [[use("container", "odd", "")], "used by container odd"],
  [[use("service", "api", "")], "used by service api"],
  [[use("mount", "web", "exited")], "used by an image mount of exited container web"],
  [
    ["a", "b", "c"].map((name) => use("container", name)),
    "used by running container a, running container b, running container c",
  ],
  [
    ["a", "b", "c", "d", "e"].map((name) => use("container", name)),
    "used by running container a, running container b, running container c and 2 more",
  ],
])("%j", (uses, text) => {
  expect(sayUses(uses)).toBe(text);
});
