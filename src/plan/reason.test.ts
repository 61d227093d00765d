import { expect, test } from "vitest";

import type { Use } from "../inventory/image-use.ts";
import type { Moment } from "../policy/image-age.ts";
import { ordinal, sayMoment, sayUses } from "./reason.ts";

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
