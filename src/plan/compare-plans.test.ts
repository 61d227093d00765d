import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { arbitraryInventory, arbitraryPolicy } from "../../test/fixtures/arbitrary-host.ts";
import { inventoryOf, LIBRARIES, NOW, sha256, wordOf } from "../../test/fixtures/host-in-words.ts";
import { createContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { ImageRule, Policy } from "../policy/policy.ts";
import type { HostWords } from "../policy/testing/host-words.ts";
import { comparePlans, type Difference, type PlanComparison, type Side } from "./compare-plans.ts";
import { decide } from "./decide.ts";
import type { Plan } from "./plan.ts";

function plan(inventory: Inventory, policy: Partial<Policy>): Plan {
  const whole: Policy = { source: "test", protect: [], images: [], ...policy };
  return decide(inventory, whole, { now: NOW, sha256, libraries: LIBRARIES });
}

function compare(host: HostWords, old: Partial<Policy>, next: Partial<Policy>): PlanComparison {
  const inventory = inventoryOf(host);
  const graph = createContentGraph(inventory);
  return comparePlans(plan(inventory, old), plan(inventory, next), inventory, graph);
}

/** `delete-image a 1000000: remove free | keep no-rule` */
function told(differences: readonly Difference[]): readonly string[] {
  const side = (each: Side): string =>
    each.decision === "remove"
      ? `remove ${each.rule}`
      : ["keep", ...each.reasons.map(({ rule }) => rule)].join(" ");
  return differences.map(
    (each) =>
      `${each.kind} ${wordOf(each.subject)} ${each.freesBytes}: ${side(each.old)} | ${side(each.new)}`,
  );
}

const rule = (name: string, tag: string, over: Partial<ImageRule> = {}): ImageRule => ({
  name,
  match: { tag },
  keep: {},
  ...over,
});

const HOST: HostWords = {
  images: {
    one: { names: "app:dev-1", blobs: "base one" },
    two: { names: "app:dev-2", blobs: "base two" },
    rel: { names: "app:1.0 app:stable", blobs: "base rel" },
  },
};

describe("what goes by one policy only", () => {
  test("is told with both sides and with what it adds to what goes by both", () => {
    const old = { images: [rule("dev", "dev-*")] };
    const next = {
      images: [rule("first", "dev-1"), rule("numbers", "[0-9]*"), rule("stable", "stable")],
    };
    const { alsoRemoved, alsoKept, removedByBoth } = compare(HOST, old, next);
    expect(told(alsoRemoved)).toEqual(["delete-image rel 1000000: keep no-rule | remove numbers"]);
    expect(told(alsoKept)).toEqual(["delete-image two 1000000: remove dev | keep no-rule"]);
    expect(removedByBoth).toEqual({ actions: 1, freesBytes: 1_000_000 });
  });

  test("a name that is taken off counts as gone where its image goes", () => {
    const untag = { images: [rule("numbers", "[0-9]*", { untag: true })] };
    const whole = { images: [rule("app", "*")] };
    expect(told(compare(HOST, whole, untag).alsoRemoved)).toEqual([]);
    expect(told(compare(HOST, {}, untag).alsoRemoved)).toEqual([
      "untag docker.io/library/app:1.0 0: keep no-rule | remove numbers",
    ]);
  });

  test("containers, volumes, networks and cache, also where a policy has no rule for them", () => {
    const host: HostWords = {
      containers: { job: { state: "exited", ended: "3d", sizeBytes: 7 } },
      volumes: { v1: { sizeBytes: 500 } },
      networks: { n1: {} },
      cache: { r1: { used: "9d" } },
    };
    const next: Partial<Policy> = {
      containers: [{ name: "ended", states: ["exited"], within: 0 }],
      volumes: [{ name: "anonymous", which: "anonymous", within: 0 }],
      networks: [{ name: "idle", within: 0 }],
      buildCache: [{ name: "cache", within: 0 }],
    };
    expect(told(compare(host, {}, next).alsoRemoved)).toEqual([
      "remove-container container-job 7: keep | remove ended",
      "remove-volume v1 500: keep | remove anonymous",
      "remove-network network-n1 0: keep | remove idle",
      "prune-build-cache r1 1000000: keep | remove cache",
    ]);
    expect(compare(host, next, {}).alsoKept).toHaveLength(4);
  });
});

test("of any two policies the differences and what goes by both add up to each plan", () => {
  fc.assert(
    fc.property(arbitraryInventory, arbitraryPolicy, arbitraryPolicy, (inventory, old, next) => {
      const plans = { old: plan(inventory, old), new: plan(inventory, next) };
      const found = comparePlans(plans.old, plans.new, inventory, createContentGraph(inventory));
      const sum = (differences: readonly Difference[]): number =>
        differences.reduce(
          (bytes, { freesBytes }) => bytes + freesBytes,
          found.removedByBoth.freesBytes,
        );
      expect(sum(found.alsoRemoved)).toBe(plans.new.totals.freesBytes);
      expect(sum(found.alsoKept)).toBe(plans.old.totals.freesBytes);
    }),
    { numRuns: 200 },
  );
});

test("a policy differs from itself in nothing", () => {
  fc.assert(
    fc.property(arbitraryInventory, arbitraryPolicy, (inventory, policy) => {
      const one = plan(inventory, policy);
      const found = comparePlans(one, one, inventory, createContentGraph(inventory));
      expect([...found.alsoRemoved, ...found.alsoKept]).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
