import fc from "fast-check";
import { expect, test } from "vitest";

import { arbitraryInventory } from "../../../test/fixtures/arbitrary-host.ts";
import { arbitraryMatch } from "../../../test/fixtures/arbitrary-rules.ts";
import { LIBRARIES, NOW } from "../../../test/fixtures/host-in-words.ts";
import { toCandidates } from "../../plan/candidates.ts";
import { matchContext } from "../../plan/match-context.ts";
import { compileMatch } from "../match.ts";
import type { Match } from "../policy.ts";
import { impliesMatch, matchesEverything } from "./implied-match.ts";

const implied: readonly (readonly [inner: Match, outer: Match])[] = [
  [{ tag: "dev-1" }, {}],
  [{ tag: "dev-*", label: "x" }, { tag: "dev*" }],
  [{ tag: { semver: ">=2" } }, { tag: "*" }],
  [{ tag: { semver: ">=2" } }, { tag: { semver: "*" } }],
  [{ tag: ["a", "b"] }, { tag: ["c", "b", "a"] }],
  [{ reference: "team/app:1" }, { reference: "team/*" }],
  [{ repository: "team/app" }, { repository: "**" }],
  [{ label: "keep=yes" }, { label: "keep" }],
  [{ largerThanBytes: 5 }, { largerThanBytes: 4 }],
  [
    { olderThan: 5, by: "used" },
    { olderThan: 5, by: "used" },
  ],
  [{ all: [{ tag: "a" }, { state: "unused" }] }, { state: "unused" }],
  [{ any: [{ tag: "dev-1" }, { tag: "dev-2" }] }, { tag: "dev-*" }],
  [{ tag: "a", state: "unused" }, { any: [{ label: "x" }, { tag: "a" }] }],
  [{ not: { tag: "dev*" } }, { not: { tag: "dev-*" } }],
];

test.each(implied)("%j is all of it in %j", (inner, outer) => {
  expect(impliesMatch(inner, outer)).toBe(true);
});

const apart: readonly (readonly [inner: Match, outer: Match])[] = [
  [{}, { tag: "*" }],
  [{ tag: "dev*" }, { tag: "dev-*" }],
  [{ tag: "*" }, { tag: "?" }],
  [{ tag: "/a/" }, { tag: "/b/" }],
  [{ tag: "a" }, { tag: { semver: "*" } }],
  [{ label: "a=b=x" }, { label: "a*=x" }],
  [{ repository: "team/app" }, { repository: "*" }],
  [{ registry: "docker.io", repository: "app" }, { repository: "app" }],
  [{ largerThanBytes: 3 }, { largerThanBytes: 4 }],
  [{ olderThan: 5, by: "used" }, { olderThan: 5 }],
  [{ any: [{ tag: "dev-1" }, { state: "unused" }] }, { tag: "dev-*" }],
  [{ not: { tag: "dev-*" } }, { not: { tag: "dev*" } }],
];

test.each(apart)("%j may be outside of %j", (inner, outer) => {
  expect(impliesMatch(inner, outer)).toBe(false);
});

/** Pairs of which many are implied: with two at random next to none would be. */
const pair = fc
  .tuple(arbitraryMatch, arbitraryMatch, arbitraryMatch)
  .chain(([one, two, three]) =>
    fc.constantFrom<(readonly [Match, Match])[]>(
      [one, two],
      [{ ...two, ...one }, one],
      [{ all: [one, two] }, { any: [two, three] }],
      [{ any: [one, two] }, { any: [three, two, one] }],
      [{ not: { any: [one, two] } }, { not: one }],
      [{ ...one, any: [two] }, two],
      [{ anyName: { ...one, ...two } }, { anyName: two }],
    ),
  );

test("what is implied holds for every image", () => {
  let compared = 0;
  fc.assert(
    fc.property(arbitraryInventory, pair, (inventory, [inner, outer]) => {
      if (!impliesMatch(inner, outer)) return;
      compared += 1;
      const context = matchContext(inventory, Date.parse(NOW), LIBRARIES);
      const [isInner, isOuter] = [compileMatch(inner, context), compileMatch(outer, context)];
      for (const candidate of inventory.images.flatMap((image) => toCandidates(image, [], false)))
        if (isInner(candidate) === true) expect(isOuter(candidate)).toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(compared).toBeGreaterThan(200);
});

test.each<readonly [Match, boolean]>([
  [{}, true],
  [{ reference: "**" }, true],
  [{ registry: "*", repository: "**" }, true],
  [{ any: [{ tag: "a" }, {}] }, true],
  [{ reference: "app" }, false],
  [{ tag: "*" }, false],
  [{ not: {} }, false],
])("%j is everything: %j", (match, everything) => {
  expect(matchesEverything(match)).toBe(everything);
});
