import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Policy } from "../policy/policy.ts";

/** Everything goes but what is called `kept`. */
const ALL_BUT_KEPT: Partial<Policy> = {
  protect: [{ repository: "kept" }],
  images: [{ name: "all", match: {}, keep: {} }],
};
/** Only what is called `old` goes. */
const ONLY_OLD: Partial<Policy> = {
  images: [{ name: "old", match: { repository: "old" }, keep: {} }],
};

interface Case {
  readonly what: string;
  readonly images: NonNullable<HostWords["images"]>;
  readonly policy: Partial<Policy>;
  readonly deletes: string;
  readonly needed?: string;
}

const CASES: readonly Case[] = [
  {
    what: "a kept image keeps its parents, named and unnamed, all the way down",
    images: {
      app: { names: "kept:1", parent: "step" },
      step: { parent: "named" },
      named: { names: "named:1", parent: "root" },
      root: {},
      other: {},
    },
    policy: ALL_BUT_KEPT,
    deletes: "other",
    needed: "named root step",
  },
  {
    what: "a kept index keeps its manifests, whoever else lists them",
    images: {
      index: { names: "kept:1", children: "arm amd" },
      other: { names: "other:1", children: "arm s390" },
      arm: {},
      amd: {},
      s390: {},
    },
    policy: ALL_BUT_KEPT,
    deletes: "other s390",
    needed: "amd arm",
  },
  {
    what: "a kept subject keeps its signature, and the signature's own",
    images: {
      app: { names: "kept:1" },
      signature: { subject: "app" },
      stamp: { subject: "signature" },
      stray: { subject: "gone" },
    },
    policy: ALL_BUT_KEPT,
    deletes: "stray",
    needed: "signature stamp",
  },
  {
    what: "unnamed parts go with all that they belong to, by its rule",
    images: {
      one: { names: "old:1", parent: "step", children: "arm" },
      two: { names: "old:2", parent: "step" },
      step: {},
      arm: {},
      signature: { subject: "arm" },
    },
    policy: ONLY_OLD,
    deletes: "arm one signature step two",
  },
  {
    what: "and stay while one of those stays",
    images: {
      one: { names: "old:1", parent: "step" },
      two: { names: "new:2", parent: "step" },
      step: {},
    },
    policy: ONLY_OLD,
    deletes: "one",
    needed: "step",
  },
  {
    what: "a parent with a tag is judged by itself",
    images: { one: { names: "old:1", parent: "base" }, base: { names: "base:1" } },
    policy: ONLY_OLD,
    deletes: "one",
  },
  {
    what: "so is one that was pulled by digest",
    images: { one: { names: "old:1", parent: "base" }, base: { names: "base@x" } },
    policy: ONLY_OLD,
    deletes: "one",
  },
  {
    what: "an image does not hold itself",
    images: { one: { names: "old:1", parent: "one" } },
    policy: ONLY_OLD,
    deletes: "one",
  },
];

describe("neighbours", () => {
  test.each(CASES)("$what", ({ images, policy, deletes, needed = "" }) => {
    const plan = planFor({ images }, policy);
    expect(deletedBy(plan).join(" ")).toBe(deletes);
    const keptForOthers = Object.keys(images).filter((word) =>
      keptBy(plan, word).includes("needed"),
    );
    expect(keptForOthers.toSorted().join(" ")).toBe(needed);
    const [rule] = policy.images ?? [];
    for (const action of plan.actions) expect(action.rule).toBe(rule?.name);
  });

  test("each relation has its words", () => {
    const { kept, actions } = planFor(
      {
        images: {
          app: { names: "kept:1", parent: "step", children: "arm" },
          step: {},
          arm: {},
          note: { subject: "app" },
          gone: { names: "gone:1", parent: "layer", children: "part" },
          layer: {},
          part: {},
          stamp: { subject: "gone" },
        },
      },
      ALL_BUT_KEPT,
    );
    expect(
      kept.map(({ reasons }) => reasons.map(({ detail }) => detail).join()).toSorted(),
    ).toEqual([
      "it is attached to kept:1, which stays",
      "it is listed by the index kept:1, which stays",
      "it is the parent of kept:1, which stays",
      "the policy protects it",
    ]);
    expect(actions.map(({ reason }) => reason).toSorted()).toEqual([
      "in use by nothing, created 30d ago",
      "no index that lists it stays",
      "unnamed step of a build; nothing that was built on it stays",
      "what it is attached to goes",
    ]);
  });
});
