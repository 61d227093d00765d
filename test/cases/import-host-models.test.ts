import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { deletedBy, planFor, subjectsOf } from "../fixtures/host-in-words.ts";
import { importedPolicy, registryOf } from "./imported-cases.ts";

const PATTERNS = ["^prod", "-1$", "v", "dev|beta", "none"];
const TAGS = ["prod-1", "prod-2", "beta-1", "beta-2", "dev-1", "dev-2", "v1.0", "v1.1", "latest"];

/** A tag of an image of its own; no two were pushed at the same time, and none exactly some days ago. */
interface Pushed {
  readonly tag: string;
  readonly days: number;
}

const pushedTags: fc.Arbitrary<readonly Pushed[]> = fc
  .tuple(
    fc.subarray(TAGS),
    fc.uniqueArray(fc.nat(30), { minLength: TAGS.length, maxLength: TAGS.length }),
  )
  .map(([tags, days]) => tags.map((tag, index) => ({ tag, days: (days[index] ?? 0) + 0.5 })));

const registry = (all: readonly Pushed[]) =>
  all.length === 0
    ? {}
    : registryOf(
        all.map(({ tag, days }, index) => `i${index}[${tag}]@${days * 24}h`).join(" ") +
          " untagged[]@999h",
      );

const removedTags = (all: readonly Pushed[], deleted: readonly string[]) =>
  deleted.map((word) => all[Number(word.slice(1))]?.tag ?? word).toSorted();

const tagsOf = (all: readonly Pushed[]) => all.map(({ tag }) => tag).toSorted();

function holds<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: 200 });
}

const newestFirst = (all: readonly Pushed[]) => all.toSorted((a, b) => a.days - b.days);

describe("an imported policy removes what its own system would", () => {
  test("Quay", async () => {
    const which = fc.option(
      fc.record({ tagPattern: fc.constantFrom(...PATTERNS), tagPatternMatches: fc.boolean() }),
      { nil: {} },
    );
    const policy = fc.oneof(
      fc.record({ method: fc.constant("number_of_tags"), value: fc.integer({ min: 1, max: 5 }) }),
      fc.record({
        method: fc.constant("creation_date"),
        value: fc.integer({ min: 1, max: 30 }).map((days) => `${days}d`),
      }),
    );
    const policies = fc.array(
      fc.tuple(policy, which).map(([each, more]) => ({ ...each, ...more })),
      { maxLength: 4 },
    );
    await holds(fc.tuple(policies, pushedTags), async ([chosen, all]) => {
      const takes = (each: { tagPattern?: string; tagPatternMatches?: boolean }, tag: string) =>
        each.tagPattern === undefined ||
        new RegExp(each.tagPattern).test(tag) === each.tagPatternMatches;
      let alive = all;
      for (const each of chosen.filter(({ method }) => method === "creation_date")) {
        const days = Number.parseInt(String(each.value), 10);
        alive = alive.filter((one) => !takes(each, one.tag) || one.days <= days);
      }
      for (const each of chosen.filter(({ method }) => method === "number_of_tags")) {
        const matching = newestFirst(alive.filter(({ tag }) => takes(each, tag)));
        const beyond = new Set(matching.slice(Number(each.value)));
        alive = alive.filter((one) => !beyond.has(one));
      }
      const imported = await importedPolicy("quay", { policies: chosen });
      const deleted = deletedBy(planFor(registry(all), imported));
      expect(removedTags(all, deleted)).toEqual(tagsOf(all.filter((one) => !alive.includes(one))));
    });
  });

  test("DTR", async () => {
    const onTag = fc.record({
      field: fc.constant("tag"),
      operator: fc.constantFrom("eq", "sw", "ew", "c", "oo", "noo"),
      values: fc.subarray(["prod", "dev-", "-1", "v1.0", "latest"], { minLength: 1 }),
    });
    const onAge = fc.record({
      field: fc.constant("updated_at_duration"),
      operator: fc.constantFrom("bf", "af"),
      values: fc.integer({ min: 1, max: 30 }).map((days) => [`${days * 24}h`]),
    });
    const rules = fc.array(fc.oneof(onTag, onAge), { minLength: 1, maxLength: 3 });
    const input = fc.tuple(fc.array(rules, { maxLength: 3 }), fc.nat(5), pushedTags);
    await holds(input, async ([policies, tagLimit, all]) => {
      const holdsFor = ({ tag, days }: Pushed, operator: string, values: readonly string[]) => {
        const [first = ""] = values;
        if (operator === "bf") return days * 24 > Number.parseInt(first, 10);
        if (operator === "af") return days * 24 <= Number.parseInt(first, 10);
        if (operator === "sw") return values.some((value) => tag.startsWith(value));
        if (operator === "ew") return values.some((value) => tag.endsWith(value));
        if (operator === "c") return values.some((value) => tag.includes(value));
        return values.includes(tag) === (operator !== "noo");
      };
      const pruned = all.filter((one) =>
        policies.some((each) =>
          each.every(({ operator, values }) => holdsFor(one, operator, values)),
        ),
      );
      const left = newestFirst(all.filter((one) => !pruned.includes(one)));
      const beyond = tagLimit === 0 ? [] : left.slice(tagLimit);
      const imported = await importedPolicy("dtr", [
        { tagLimit },
        ...policies.map((each) => ({ enabled: true, rules: each })),
      ]);
      const deleted = deletedBy(planFor(registry(all), imported));
      expect(removedTags(all, deleted)).toEqual(tagsOf([...pruned, ...beyond]));
    });
  });

  test("docuum, with images of one size", async () => {
    const days = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 9 });
    const input = fc.tuple(days, fc.nat(10), fc.nat(30), fc.nat(9));
    await holds(input, async ([ages, threshold, minAge, kept]) => {
      const images = ages.map((day, index) => [`i${index}`, day + 0.5] as const);
      const candidates = images
        .filter(([word, day]) => day > minAge && word !== `i${kept}`)
        .toSorted(([, a], [, b]) => b - a);
      const over = Math.max(0, images.length - threshold);
      const line = `docuum --threshold ${threshold}MB --min-age ${minAge}days --keep '^i${kept}:'`;
      const host = {
        images: Object.fromEntries(
          images.map(([word, day]) => {
            const used = `${day * 24}h`;
            return [word, { names: `${word}:1`, created: "99d", used, seen: "99d" }];
          }),
        ),
      };
      const plan = planFor(host, await importedPolicy("docuum", line));
      const expected = candidates.slice(0, over).map(([word]) => word);
      expect(deletedBy(plan)).toEqual(expected.toSorted());
    });
  });

  test("BuildKit", async () => {
    const types = ["regular", "source.local", "exec.cachemount", "internal"];
    const record = fc.record({
      type: fc.constantFrom(...types),
      sizeBytes: fc.integer({ min: 1, max: 9 }),
      shared: fc.boolean(),
    });
    const rule = fc.record({
      all: fc.boolean(),
      keepDuration: fc.constantFrom(0, 0, 5, 12, 30).map((days) => days * 24),
      maxUsedSpace: fc.constantFrom(0, 0, 5, 12),
      reservedSpace: fc.constantFrom(0, 0, 8, 20),
      filter: fc.subarray(types.slice(0, 3)),
    });
    const input = fc.tuple(
      fc.array(record, { maxLength: 8 }),
      fc.array(rule, { minLength: 1, maxLength: 3 }),
    );
    await holds(input, async ([records, rules]) => {
      // The oldest first.
      const cache = records.map((each, index) => ({
        ...each,
        id: `r${index}`,
        days: 40 - 4 * index + 0.5,
      }));
      const gone = new Set<string>();
      for (const { all, keepDuration, maxUsedSpace, reservedSpace, filter } of rules) {
        const keepBytes = Math.max(maxUsedSpace, reservedSpace);
        const totalBytes = () =>
          cache
            .filter(({ id, shared }) => !gone.has(id) && !shared)
            .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        for (const { id, type, shared, days } of cache) {
          if (gone.has(id) || (filter.length > 0 && !filter.includes(type))) continue;
          if (!all && (shared || (type === "internal" && filter.length === 0))) continue;
          if (days * 24 <= keepDuration || (keepBytes > 0 && totalBytes() <= keepBytes)) continue;
          gone.add(id);
        }
      }
      const policy = rules.map(({ keepDuration, filter, ...each }) => ({
        ...each,
        keepDuration: `${keepDuration}h`,
        filter: filter.length > 0 ? [filter.map((type) => `type==${type}`).join(",")] : [],
      }));
      const host = {
        cache: Object.fromEntries(
          cache.map(({ id, days, ...each }) => [id, { ...each, used: `${days * 24}h` }]),
        ),
      };
      const imported = await importedPolicy("buildkit", { builder: { gc: { policy } } });
      const removed = subjectsOf(planFor(host, imported), "prune-build-cache");
      expect([...removed].toSorted()).toEqual([...gone].toSorted());
    });
  });
});
