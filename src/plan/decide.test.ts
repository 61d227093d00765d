import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  arbitraryFree,
  arbitraryInventory,
  arbitraryPolicy,
  normalised,
  relisted,
} from "../../test/fixtures/arbitrary-host.ts";
import { arbitraryRules } from "../../test/fixtures/arbitrary-rules.ts";
import { LIBRARIES, NOW, sha256 } from "../../test/fixtures/host-in-words.ts";
import { createContentGraph } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { momentOf } from "../policy/image-age.ts";
import { criteriaOf } from "../policy/criteria.ts";
import type { Keep, Policy } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import { parsePlan } from "./parse-plan.ts";
import type { Action, Plan } from "./plan.ts";

const RUNS = { numRuns: 200 };

function plan(inventory: Inventory, policy: Policy): Plan {
  return decide(inventory, policy, { now: NOW, sha256, libraries: LIBRARIES });
}

function deletedIds(of: Plan): ReadonlySet<string> {
  return new Set(
    of.actions.flatMap(({ kind, subject }) => (kind === "delete-image" ? [subject] : [])),
  );
}

function actionsOf(of: Plan, kind: Action["kind"]): readonly Action[] {
  return of.actions.filter((action) => action.kind === kind);
}

/** What has to stay while the image stays. */
function heldBy(image: Image, { images }: Inventory): readonly string[] {
  const referrers = images.filter(({ subject }) => subject === image.id).map(({ id }) => id);
  return [
    ...(image.parent === undefined ? [] : [image.parent]),
    ...(image.children ?? []),
    ...referrers,
  ];
}

/** Bytes of all that only these images and records stand on, counted without the graph. */
function freedByHand(
  inventory: Inventory,
  gone: ReadonlySet<string>,
  sizes = inventory.blobs,
): number {
  const users = [...inventory.images, ...inventory.buildCache];
  const blobsOf = (those: typeof users): ReadonlySet<string> =>
    new Set(those.flatMap(({ blobs }) => blobs ?? []));
  const needed = blobsOf(users.filter(({ id }) => !gone.has(id)));
  const freed = [...blobsOf(users)].filter(
    (key) => !needed.has(key) && !(key in inventory.heldBlobs),
  );
  return freed.reduce((sum, key) => sum + (sizes[key] ?? 0), 0);
}

function bytesOf(actions: readonly Action[]): number {
  return actions.reduce((sum, { freesBytes }) => sum + freesBytes, 0);
}

/** Images that a container which stays, a mount or a service means, by ID or by name. */
function usedIds(inventory: Inventory, of: Plan): ReadonlySet<string> {
  const removed = new Set(actionsOf(of, "remove-container").map(({ subject }) => subject));
  const staying = inventory.containers.filter(({ id }) => !removed.has(id));
  const texts = new Set([
    ...staying.flatMap(({ image, imageId, imageMounts }) => [
      imageId,
      normalised(image),
      ...imageMounts.map(normalised),
    ]),
    ...inventory.services.flatMap(({ images }) => images.map(normalised)),
  ]);
  return new Set(
    inventory.images
      .filter(({ id, references }) => [id, ...references].some((text) => texts.has(text)))
      .map(({ id }) => id),
  );
}

const anyPolicy = fc.oneof(arbitraryPolicy, arbitraryRules);

/** Hosts, and what they hold as a registry or layout would have it. */
const anyTarget = fc
  .tuple(arbitraryInventory, fc.constantFrom("engine", "engine", "registry", "layout"))
  .map(([inventory, kind]) => ({ ...inventory, target: { ...inventory.target, kind } }));

describe("for every host and policy", () => {
  const both = [anyTarget, anyPolicy] as const;
  const withSpace = [anyTarget, anyPolicy, fc.nat(3_000_000)] as const;

  test("each image is deleted once or kept once, and names only come off kept images", () => {
    fc.assert(
      fc.property(...both, (inventory, policy) => {
        const made = plan(inventory, policy);
        const imageIds = new Set(inventory.images.map(({ id }) => id));
        const decided = [
          ...actionsOf(made, "delete-image").map(({ subject }) => subject),
          ...made.kept.map(({ subject }) => subject).filter((subject) => imageIds.has(subject)),
        ];
        expect(decided.toSorted()).toEqual([...imageIds].toSorted());
        const deleted = deletedIds(made);
        for (const { imageId = "" } of actionsOf(made, "untag")) {
          expect(imageIds.has(imageId)).toBe(true);
          expect(deleted.has(imageId)).toBe(false);
        }
        for (const { reasons } of made.kept) expect(reasons.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  test("the order of the lists changes nothing, to the byte", () => {
    const listedTwice = anyTarget.chain((inventory) =>
      fc.tuple(fc.constant(inventory), relisted(inventory)),
    );
    fc.assert(
      fc.property(
        listedTwice,
        anyPolicy,
        fc.option(fc.nat(3_000_000)),
        ([inventory, other], policy, freeBytes) => {
          const asked = freeBytes === null ? policy : { ...policy, freeBytes };
          expect(plan(other, asked)).toEqual(plan(inventory, asked));
        },
      ),
      RUNS,
    );
  });

  test("the bytes of the actions add up to the total, to the graph's and to those counted by hand", () => {
    fc.assert(
      fc.property(...withSpace, (inventory, policy, freeBytes) => {
        const made = plan(inventory, { ...policy, freeBytes });
        const records = new Map(
          inventory.buildCache.map((record) => [record.id, record.shared ? 0 : record.sizeBytes]),
        );
        const ofContent = made.actions.filter(
          ({ kind }) => kind === "delete-image" || kind === "prune-build-cache",
        );
        const gone = new Set(ofContent.map(({ subject }) => subject));
        const own = ofContent.reduce((sum, { subject }) => sum + (records.get(subject) ?? 0), 0);
        const graph = createContentGraph(inventory);
        expect(bytesOf(made.actions)).toBe(made.totals.freesBytes);
        expect(bytesOf(ofContent) - own).toBe(freedByHand(inventory, gone));
        expect(graph.freedBy(gone).bytes).toBe(freedByHand(inventory, gone));
        expect(graph.freedBy(gone).bytes).toBeLessThanOrEqual(graph.reached.bytes);
        if (inventory.diskBytes === undefined) expect(made.totals.freesDiskBytes).toBeUndefined();
        else {
          const besides = made.totals.freesBytes - bytesOf(ofContent) + own;
          expect(made.totals.freesDiskBytes).toBe(
            freedByHand(inventory, gone, inventory.diskBytes) + besides,
          );
        }
      }),
      RUNS,
    );
  });

  test("what is in use, protected or unreadable is in no plan", () => {
    fc.assert(
      fc.property(...withSpace, (inventory, policy, freeBytes) => {
        const made = plan(inventory, { ...policy, freeBytes, protect: [{ label: "keep=yes" }] });
        const used = usedIds(inventory, made);
        const untagged = new Set(actionsOf(made, "untag").map(({ imageId }) => imageId));
        const removed = new Set(made.actions.map(({ subject }) => subject));
        for (const { id, labels, unreadable } of inventory.images) {
          if (!used.has(id) && labels["keep"] === undefined && unreadable === undefined) continue;
          expect(removed.has(id) || untagged.has(id)).toBe(false);
        }
        for (const { id, labels, state } of inventory.containers) {
          const mayGo =
            ["created", "exited", "dead"].includes(state) && labels["keep"] === undefined;
          if (!mayGo) expect(removed.has(id)).toBe(false);
        }
        const volumesInUse = inventory.containers.flatMap(({ volumes }) => volumes);
        for (const { name, anonymous } of inventory.volumes) {
          if (!anonymous || volumesInUse.includes(name)) expect(removed.has(name)).toBe(false);
        }
        for (const { id, inUse } of inventory.buildCache)
          if (inUse) expect(removed.has(id)).toBe(false);
      }),
      RUNS,
    );
  });

  test("nothing of unknown age goes where an age is asked for", () => {
    fc.assert(
      fc.property(...withSpace, (inventory, policy, freeBytes) => {
        const made = plan(inventory, { ...policy, freeBytes });
        const byId = new Map(inventory.images.map((image) => [image.id, image]));
        for (const { subject, rule } of actionsOf(made, "delete-image")) {
          const image = byId.get(subject);
          if (image === undefined || isPart(image, inventory)) continue;
          const keep = policy.images.find(({ name }) => name === rule)?.keep;
          const asked =
            keep === undefined ? [{ by: "active" as const }] : criteriaOf(keep).filter(asksForAge);
          for (const { by } of asked)
            expect(
              momentOf(image, by === undefined || by === "version" ? "active" : by),
            ).toBeDefined();
        }
      }),
      RUNS,
    );
  });

  test("a kept image keeps its parents, its manifests and its referrers, and what goes goes before those", () => {
    fc.assert(
      fc.property(...withSpace, (inventory, policy, freeBytes) => {
        const made = plan(inventory, { ...policy, freeBytes });
        const waves = new Map(
          actionsOf(made, "delete-image").map(({ subject, wave }) => [subject, wave]),
        );
        for (const image of inventory.images) {
          const own = waves.get(image.id);
          for (const held of heldBy(image, inventory)) {
            const wave = waves.get(held);
            if (own === undefined) expect(wave).toBeUndefined();
            else if (wave !== undefined) expect(own).toBeLessThan(wave);
          }
        }
        const containerWaves = actionsOf(made, "remove-container").map(({ wave }) => wave);
        expect(Math.max(-1, ...containerWaves)).toBeLessThan(
          Math.min(Number.POSITIVE_INFINITY, ...waves.values()),
        );
        expect(made.actions.map(({ wave }) => wave)).toEqual(
          made.actions.map(({ wave }) => wave).toSorted((a, b) => a - b),
        );
      }),
      RUNS,
    );
  });

  test("--free frees what is asked for or says what is missing, and nothing could be put back", () => {
    fc.assert(
      fc.property(
        arbitraryInventory,
        arbitraryPolicy,
        fc.nat(3_000_000),
        (inventory, any, freeBytes) => {
          const policy = withoutDemand(any);
          const made = plan(inventory, { ...policy, freeBytes });
          const { freesBytes } = made.totals;
          const isShort = freesBytes < freeBytes;
          expect(made.notes.some((note) => note.includes("not enough can go"))).toBe(isShort);
          const gone = new Set(made.actions.map(({ subject }) => subject));
          for (const { subject, reasons } of isShort ? made.kept : []) {
            const image = inventory.images.find(({ id }) => id === subject);
            const isFree = image && reasons.every(({ rule }) => rule === "no-rule");
            const isNeeded = inventory.images.some(
              (other) => !gone.has(other.id) && heldBy(other, inventory).includes(subject),
            );
            if (!isFree || isNeeded || momentOf(image, "active") === undefined) continue;
            const more = freedByHand(inventory, new Set([...gone, subject]));
            expect(more).toBe(freedByHand(inventory, gone));
          }
          const besides = freesBytes - freedByHand(inventory, gone);
          for (const { subject, rule } of actionsOf(made, "delete-image")) {
            const image = inventory.images.find(({ id }) => id === subject);
            if (rule !== "free" || image === undefined || isPart(image, inventory)) continue;
            const without = gone.difference(standsOn(image, inventory));
            expect(freedByHand(inventory, without) + besides).toBeLessThan(
              Math.min(freeBytes, freesBytes),
            );
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test("with --free goes nothing that would not go without, but for rules that yield to pressure", () => {
    fc.assert(
      fc.property(arbitraryInventory, arbitraryFree, (inventory, { without, free }) => {
        const all = plan(inventory, withoutDemand(without));
        const made = plan(inventory, withoutHeadroom(free));
        const named = (of: Plan) =>
          inventory.images.filter(
            (image) => deletedIds(of).has(image.id) && !isPart(image, inventory),
          );
        const allowed = new Set(named(all));
        const yields = without.images.some(({ underPressure }) => underPressure === true);
        for (const image of yields ? [] : named(made)) expect(allowed).toContain(image);
        const isShort = made.totals.freesBytes < (free.freeBytes ?? 0);
        expect(made.notes.length > 0).toBe(isShort);
      }),
      RUNS,
    );
  });

  test("nothing that a container could use goes while the containers are not known", () => {
    fc.assert(
      fc.property(...withSpace, (inventory, policy, freeBytes) => {
        const blind: Inventory = {
          ...inventory,
          complete: false,
          problems: ["the containers could not be read"],
          unread: ["containers"],
          containers: [],
        };
        const made = plan(blind, { ...policy, freeBytes });
        expect(made.actions.filter(({ kind }) => kind !== "prune-build-cache")).toEqual([]);
        expect(made.exceeds.map(({ limit }) => limit)).toContain("incomplete");
      }),
      RUNS,
    );
  });

  /**
   * Where a rule that only removes keeps more, the rules after it count more: one of these may then take what was the
   * newest before. Nor does what is left for `--free` and the load line follow from what goes.
   */
  const monotone = anyPolicy
    .map(withoutDemand)
    .filter(({ images }) => images.every(({ decides }) => decides !== "remove"));

  test("one more criterion that keeps, or one more protection, never removes more", () => {
    const criterion: fc.Arbitrary<Keep> = fc.oneof(
      fc.record({
        within: fc.nat(90 * 86_400_000),
        by: fc.constantFrom("active", "used", "arrived", "created"),
      }),
      fc.record({ last: fc.nat(3), per: fc.constantFrom("repository", "target") }),
      fc.record({ weekly: fc.nat(3), among: fc.constantFrom("rule", "match") }),
      fc.record({ perMajor: fc.nat(3) }),
    );
    fc.assert(
      fc.property(anyTarget, monotone, criterion, (inventory, policy, more) => {
        const before = deletedIds(plan(inventory, policy));
        const images = policy.images.map((rule) => ({
          ...rule,
          keep: { ...rule.keep, anyOf: [...(rule.keep.anyOf ?? []), more] },
        }));
        expect(deletedIds(plan(inventory, { ...policy, images })).isSubsetOf(before)).toBe(true);
        const protect = [...policy.protect, { reference: "app" }];
        expect(deletedIds(plan(inventory, { ...policy, protect })).isSubsetOf(before)).toBe(true);
      }),
      RUNS,
    );
  });

  test("criteria that reach further never remove more", () => {
    const further = fc.record({ ageMs: fc.nat(30 * 86_400_000), count: fc.nat(2) });
    fc.assert(
      fc.property(anyTarget, monotone, further, (inventory, policy, by) => {
        const before = deletedIds(plan(inventory, policy));
        const images = policy.images.map((rule) => ({ ...rule, keep: widened(rule.keep, by) }));
        expect(deletedIds(plan(inventory, { ...policy, images })).isSubsetOf(before)).toBe(true);
      }),
      RUNS,
    );
  });

  test("a kept index keeps its manifests, and a kept subject what is attached to it, on any target", () => {
    fc.assert(
      fc.property(...both, (inventory, policy) => {
        const gone = deletedIds(plan(inventory, policy));
        for (const image of inventory.images) {
          if (gone.has(image.id)) continue;
          for (const held of heldBy(image, inventory)) expect(gone.has(held)).toBe(false);
        }
      }),
      RUNS,
    );
  });

  test("a plan can be saved and read again, and is refused once it was changed", () => {
    fc.assert(
      fc.property(...both, (inventory, policy) => {
        const saved: unknown = JSON.parse(JSON.stringify(plan(inventory, policy)));
        expect(parsePlan(saved, sha256)).toEqual(plan(inventory, policy));
        expect(
          parsePlan({ ...(saved as Plan), now: "2026-11-22T00:00:00Z" }, sha256),
        ).toMatchObject({ kind: "altered" });
      }),
      { numRuns: 50 },
    );
  });
});

/** Its demand depends on the disk, and would be met by other images. */
function withoutHeadroom({ headroom, ...policy }: Policy): Policy {
  return headroom === undefined ? policy : { ...policy };
}

function withoutDemand(policy: Policy): Policy {
  const { freeBytes: _, ...rest } = withoutHeadroom(policy);
  return rest;
}

function asksForAge({ within, last, by, daily, weekly, monthly, yearly }: Keep): boolean {
  const lastByAge = by === "version" ? undefined : last;
  return [within, lastByAge, daily, weekly, monthly, yearly].some((limit) => limit !== undefined);
}

/** The same criteria, each reaching further by so much. */
function widened(keep: Keep, by: { readonly ageMs: number; readonly count: number }): Keep {
  const counted = (
    ["last", "daily", "weekly", "monthly", "yearly", "perMajor", "perMinor"] as const
  )
    .filter((kind) => keep[kind] !== undefined)
    .map((kind) => [kind, (keep[kind] ?? 0) + by.count]);
  return {
    ...keep,
    ...Object.fromEntries(counted),
    ...(keep.within === undefined ? {} : { within: keep.within + by.ageMs }),
    ...(keep.anyOf === undefined ? {} : { anyOf: keep.anyOf.map((each) => widened(each, by)) }),
  };
}

/** Without a name and part of another image: it goes with that one. */
function isPart(image: Image, inventory: Inventory): boolean {
  // What has been pulled by its digest is known by that only on an engine; elsewhere everything is.
  const isPulled = inventory.target.kind === "engine" && image.repoDigests.length > 0;
  const isNamed = image.references.length > 0 || isPulled;
  return (
    !isNamed &&
    inventory.images.some(
      (other) => other.id !== image.id && heldBy(other, inventory).includes(image.id),
    )
  );
}

/** The image, and what has to stay if it stays. */
function standsOn(image: Image, inventory: Inventory): ReadonlySet<string> {
  const found = new Set([image.id]);
  for (const id of found) {
    const each = inventory.images.find((other) => other.id === id);
    for (const held of each ? heldBy(each, inventory) : []) found.add(held);
  }
  return found;
}

test("images that claim to belong to each other, and to nothing else, stay", () => {
  const [first, second] = ["1", "2"].map((digit) => `sha256:${digit.repeat(64)}`) as [
    string,
    string,
  ];
  const image = (id: string, parent: string): Image => ({
    id,
    parent,
    references: [],
    repoDigests: [],
    labels: {},
    platforms: [],
    sizeBytes: 1,
    blobs: [id],
    createdAt: "2026-01-01T00:00:00Z",
  });
  const [sample] = fc.sample(arbitraryInventory, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error("no sample");
  const circle: Inventory = {
    ...sample,
    unread: [],
    images: [image(first, second), image(second, first)],
    containers: [],
    services: [],
    buildCache: [],
  };
  const policy: Policy = {
    source: "test",
    protect: [],
    images: [{ name: "all", match: {}, keep: {} }],
  };
  expect(plan(circle, policy).kept.map(({ reasons }) => reasons[0]?.detail)).toEqual([
    "it belongs to images that belong to it",
    "it belongs to images that belong to it",
  ]);
});

test("without a moment there is no plan: no age would be within any limit", () => {
  const [inventory] = fc.sample(arbitraryInventory, { numRuns: 1, seed: 1 });
  if (inventory === undefined) throw new Error("no sample");
  const policy: Policy = { source: "test", protect: [], images: [] };
  expect(() => decide(inventory, policy, { now: "soon", sha256, libraries: LIBRARIES })).toThrow(
    RangeError,
  );
});
