import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Policy } from "../policy/policy.ts";

const MB = 1_000_000;
const named = (...words: readonly string[]): NonNullable<HostWords["images"]> =>
  Object.fromEntries(words.map((word) => [word, { names: `${word}:1` }]));

interface Case {
  readonly what: string;
  readonly host: HostWords;
  readonly policy: Partial<Policy>;
  readonly deletes: string;
  readonly frees: number;
  readonly short?: string;
}

const EVICTABLE: Policy["images"] = [
  { name: "all", match: {}, keep: { always: true }, underPressure: true },
];

const CASES: readonly Case[] = [
  {
    what: "what the rules take counts towards it",
    host: { images: { build: { created: "9d" }, ...named("app") } },
    policy: {
      images: [{ name: "dangling", match: { state: "dangling" }, keep: {} }],
      freeBytes: MB,
    },
    deletes: "build",
    frees: MB,
  },
  {
    what: "so do containers, volumes and build cache",
    host: {
      images: named("app"),
      containers: { job: { state: "exited", ended: "9d", sizeBytes: 1 } },
      volumes: { v1: { sizeBytes: 2 } },
      cache: { step: { sizeBytes: 3 } },
    },
    policy: {
      containers: [{ name: "exited", states: ["exited", "created"], within: 0 }],
      volumes: [{ name: "volumes", which: "anonymous", within: 0 }],
      buildCache: [{ name: "cache", within: 0 }],
      freeBytes: 6,
    },
    deletes: "",
    frees: 6,
  },
  {
    what: "layers that an image shares with the build cache go with the last of both",
    host: {
      images: { app: { names: "app:1", blobs: "layer" } },
      cache: { step: { blobs: "layer", shared: true, sizeBytes: 0 } },
    },
    policy: { buildCache: [{ name: "cache", within: 0 }], freeBytes: MB },
    deletes: "app",
    frees: MB,
  },
  {
    what: "a shared base goes only with all that stand on it",
    host: {
      images: {
        one: { names: "one:1", created: "9d", blobs: "base" },
        two: { names: "two:1", created: "8d", blobs: "base" },
        three: { names: "three:1", created: "7d", blobs: "top" },
      },
    },
    policy: { freeBytes: MB },
    deletes: "one two",
    frees: MB,
  },
  {
    what: "what turned out needless stays",
    host: {
      images: {
        old: { names: "old:1", created: "9d", blobs: "shared" },
        new: { names: "new:1", created: "8d", blobs: "shared top" },
        last: { names: "last:1", created: "7d", blobs: "big" },
      },
      blobs: { shared: 1, top: 1, big: 100 },
    },
    policy: { freeBytes: 50 },
    deletes: "last",
    frees: 100,
  },
  {
    what: "a parent that is older than its child goes after it",
    host: {
      images: {
        base: { names: "base:1", created: "9d", blobs: "base" },
        app: { names: "app:1", created: "2d", blobs: "base top", parent: "base" },
      },
    },
    policy: { freeBytes: 2 * MB },
    deletes: "app base",
    frees: 2 * MB,
  },
  {
    what: "and stays when the child is enough",
    host: {
      images: {
        base: { names: "base:1", created: "9d", blobs: "base" },
        app: { names: "app:1", created: "2d", blobs: "base top", parent: "base" },
      },
    },
    policy: { freeBytes: MB },
    deletes: "app",
    frees: MB,
  },
  {
    what: "a parent that the rules wanted goes once nothing stands on it",
    host: {
      images: {
        base: { names: "old:1", blobs: "base" },
        app: { names: "app:1", blobs: "base top", parent: "base" },
      },
    },
    policy: { images: [{ name: "old", match: { repository: "old" }, keep: {} }], freeBytes: MB },
    deletes: "app base",
    frees: 2 * MB,
  },
  {
    what: "unnamed steps go with the last image that was built on them",
    host: {
      images: {
        step: { blobs: "base" },
        one: { names: "one:1", created: "9d", blobs: "base 1", parent: "step" },
        two: { names: "two:1", created: "8d", blobs: "base 2", parent: "step" },
      },
    },
    policy: { freeBytes: 3 * MB },
    deletes: "one step two",
    frees: 3 * MB,
  },
  {
    what: "among equals what a registry may still have goes first",
    host: { images: { local: { names: "a:1" }, pulled: { names: "b:1 b@x" } } },
    policy: { freeBytes: 1 },
    deletes: "pulled",
    frees: MB,
  },
  {
    what: "unknown age is not touched, and the rest is missing",
    host: { images: { app: { names: "app:1" }, odd: { names: "odd:1", created: "-" } } },
    policy: { freeBytes: 2 * MB },
    deletes: "app",
    frees: MB,
    short:
      "not enough can go to free 2MB: 1MB is missing; everything else is kept by a rule, in use, or of unknown age",
  },
  {
    what: "a rule that yields to pressure yields, another does not",
    host: { images: named("soft", "hard") },
    policy: {
      images: [
        {
          name: "soft",
          match: { repository: "soft" },
          keep: { always: true },
          underPressure: true,
        },
        { name: "hard", match: {}, keep: { always: true } },
      ],
      freeBytes: 2 * MB,
    },
    deletes: "soft",
    frees: MB,
    short:
      "not enough can go to free 2MB: 1MB is missing; everything else is kept by a rule, in use, or of unknown age",
  },
  ...["soft:1 hard:1", "hard:1 soft:1", "soft:1 other:1 hard:1"].map((names) => ({
    what: `an image yields only if all that keeps it does: ${names}`,
    host: { images: { app: { names } } },
    policy: {
      images: [
        { name: "hard", match: { repository: "hard" }, keep: { always: true as const } },
        ...EVICTABLE,
      ],
      freeBytes: 1,
    },
    deletes: "",
    frees: 0,
    short:
      "not enough can go to free 1B: 1B is missing; everything else is kept by a rule, in use, or of unknown age",
  })),
  {
    what: "a load line in bytes is of what images take, once for each blob",
    host: {
      images: {
        one: { names: "one:1", created: "9d", blobs: "base one" },
        two: { names: "two:1", created: "8d", blobs: "base two" },
      },
      cache: { step: { blobs: "more base", sizeBytes: 0 } },
      blobs: { more: 9 * MB },
    },
    policy: {
      images: EVICTABLE,
      headroom: { start: { bytes: 3 * MB }, stop: { bytes: 2 * MB } },
    },
    deletes: "one",
    frees: MB,
  },
  {
    what: "and is not reached below it",
    host: { images: named("one", "two", "three") },
    policy: {
      images: EVICTABLE,
      headroom: { start: { bytes: 3 * MB + 1 }, stop: { bytes: MB } },
    },
    deletes: "",
    frees: 0,
  },
  {
    what: "what goes besides images brings their bytes no lower",
    host: {
      images: named("one", "two"),
      volumes: { v1: { sizeBytes: 5 * MB } },
      cache: { step: { blobs: "more", sizeBytes: 0 } },
    },
    policy: {
      images: EVICTABLE,
      volumes: [{ name: "volumes", which: "anonymous", within: 0 }],
      buildCache: [{ name: "cache", within: 0 }],
      headroom: { start: { bytes: 2 * MB }, stop: { bytes: MB } },
    },
    deletes: "one",
    frees: 6 * MB,
  },
  {
    what: "shares may be of what images take of the disk, whatever else fills it",
    host: { images: named("one", "two"), disk: { totalBytes: 10 * MB, freeBytes: 0 } },
    policy: {
      images: EVICTABLE,
      headroom: { of: "images", start: { share: 0.2 }, stop: { share: 0.1 } },
    },
    deletes: "one",
    frees: MB,
  },
  {
    what: "a share of a disk that is not known asks for nothing",
    host: { images: named("one") },
    policy: { images: EVICTABLE, headroom: { start: { share: 0 }, stop: { share: 0 } } },
    deletes: "",
    frees: 0,
  },
  {
    what: "the larger of two demands counts",
    host: {
      images: named("one", "two"),
      disk: { totalBytes: 10 * MB, freeBytes: 0 },
    },
    policy: { headroom: { start: { share: 0.9 }, stop: { share: 0.8 } }, freeBytes: 1 },
    deletes: "one two",
    frees: 2 * MB,
  },
];

describe("making space", () => {
  test.each(CASES)("$what", ({ host, policy, deletes, frees, short }) => {
    const plan = planFor(host, policy);
    expect(deletedBy(plan).join(" ")).toBe(deletes);
    expect(plan.totals.freesBytes).toBe(frees);
    expect(plan.notes).toEqual(short === undefined ? [] : [short]);
  });

  test("reasons speak of what really stays", () => {
    const plan = planFor(
      {
        images: {
          step: { blobs: "base" },
          one: { names: "one:1", created: "9d", parent: "step" },
          two: { names: "two:1", created: "8d", parent: "step" },
        },
      },
      { freeBytes: 1 },
    );
    expect(deletedBy(plan)).toEqual(["one"]);
    expect(keptBy(plan, "step")).toEqual(["needed"]);
    expect(plan.kept.find(({ references }) => references.length === 0)?.reasons[0]?.detail).toBe(
      "it is the parent of two:1, which stays",
    );
    expect(plan.actions[0]?.reason).toBe("created 9d ago; least recently active first, to free 1B");
  });
});
