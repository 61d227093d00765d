import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { deletedBy, planFor } from "../fixtures/host-in-words.ts";
import { importedPolicy, registryOf } from "./imported-cases.ts";
import {
  acrDeletes,
  ecrExpires,
  garDeletes,
  gitlabDeletes,
  harborDeletes,
  zotDeletes,
  type Stored,
} from "./peer-models.ts";

const TAGS = [
  "prod-1",
  "prod-2",
  "beta-1",
  "beta-2",
  "dev-1",
  "dev-2",
  "v1.0",
  "v1.1",
  "v2.0",
  "latest",
];
const PREFIXES = ["prod", "beta", "dev", "v", "v1", "prod-1", "none"];
const EXPRESSIONS = ["prod-.*", ".*-1", "[bd].*", "v1\\..*", "v.*", ".*", "none"];

const prefix = fc.constantFrom(...PREFIXES);
const prefixes = fc.uniqueArray(prefix, { minLength: 1, maxLength: 2 });
const expression = fc.constantFrom(...EXPRESSIONS);
const count = fc.integer({ min: 1, max: 4 });
const days = fc.integer({ min: 1, max: 20 });

/** Images of a repository; no age is one of whole days, as rules have them, and no push comes twice. */
function stored(mostTags: number): fc.Arbitrary<readonly Stored[]> {
  return fc
    .record({
      pushes: fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 9 }),
      pulls: fc.uniqueArray(
        fc.integer({ min: 1, max: 600 }).filter((hours) => hours % 24 > 0),
        { minLength: 9, maxLength: 9 },
      ),
      owners: fc.array(fc.nat(9), { minLength: TAGS.length, maxLength: TAGS.length }),
    })
    .map(({ pushes, pulls, owners }) =>
      pushes.map((day, index): Stored => {
        const pushed = day * 24 + 12;
        const pulled = pulls[index] ?? 1;
        return {
          name: `i${index}`,
          tags: TAGS.filter((_, tag) => owners[tag] === index).slice(0, mostTags),
          pushed,
          // No earlier than its push.
          pulled: pulled < pushed ? pulled : pushed,
        };
      }),
    );
}

/** Images that the imported policy deletes are those that the model of the system does. */
async function sameRemovals(
  kind: string,
  policy: unknown,
  all: readonly Stored[],
  expected: ReadonlySet<string>,
): Promise<void> {
  const words = all.map(({ name, tags, pushed, pulled }) => {
    return `${name}[${tags.join(",")}]@${pushed}h/${pulled}h`;
  });
  const plan = planFor(registryOf(words.join(" ")), await importedPolicy(kind, policy));
  expect(deletedBy(plan)).toEqual([...expected].toSorted());
}

function holds<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: 300 });
}

describe("an imported policy removes what its own system would", () => {
  const countOrDays = fc.oneof(
    count.map((countNumber) => ({ countType: "imageCountMoreThan" as const, countNumber })),
    days.map((countNumber) => ({
      countType: "sinceImagePushed" as const,
      countUnit: "days" as const,
      countNumber,
    })),
  );

  test("ECR", async () => {
    const tagged = fc.record({ list: prefixes, count: countOrDays, priority: fc.nat(90) });
    const rules = fc.record({
      tagged: fc.uniqueArray(tagged, { maxLength: 3, selector: ({ priority }) => priority }),
      untagged: fc.option(countOrDays, { nil: undefined }),
      any: fc.option(countOrDays, { nil: undefined }),
    });
    await holds(fc.tuple(rules, stored(9)), async ([chosen, all]) => {
      const action = { type: "expire" } as const;
      const ecr = [
        ...chosen.tagged.map((each) => ({
          rulePriority: each.priority + 2,
          selection: { tagStatus: "tagged" as const, tagPrefixList: each.list, ...each.count },
          action,
        })),
        ...[chosen.untagged].flatMap((each) =>
          each === undefined
            ? []
            : [{ rulePriority: 1, selection: { tagStatus: "untagged" as const, ...each }, action }],
        ),
        ...[chosen.any].flatMap((each) =>
          each === undefined
            ? []
            : [{ rulePriority: 99, selection: { tagStatus: "any" as const, ...each }, action }],
        ),
      ];
      await sameRemovals("ecr", { rules: ecr }, all, ecrExpires(ecr, all));
    });
  });

  test("Harbor", async () => {
    const rule = fc.record({
      template: fc.constantFrom(
        "always",
        "latestPushedK",
        "latestPulledN",
        "nDaysSinceLastPush",
        "nDaysSinceLastPull",
      ),
      count: fc.integer({ min: 0, max: 5 }),
      decoration: fc.constantFrom("matches", "excludes"),
      tags: prefixes,
      untagged: fc.boolean(),
    });
    const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
    await holds(fc.tuple(rules, stored(9)), async ([chosen, all]) => {
      const harbor = chosen.map(({ template, count: number, decoration, tags, untagged }) => ({
        action: "retain",
        template,
        params: template === "always" ? {} : { [template]: number },
        tag_selectors: [
          {
            kind: "doublestar",
            decoration,
            pattern: `{${tags.map((tag) => `${tag}*`).join(",")}}`,
            extras: JSON.stringify({ untagged }),
          },
        ],
      }));
      await sameRemovals("harbor", { rules: harbor }, all, harborDeletes(chosen, all));
    });
  });

  test("Artifact Registry", async () => {
    const condition = fc.record(
      {
        tagState: fc.constantFrom("tagged", "untagged", "any"),
        tagPrefixes: prefixes,
        olderThan: days.map((each) => `${each}d`),
      },
      { requiredKeys: ["tagState"] },
    );
    const type = fc.constantFrom("Keep", "Delete");
    const policy = fc.oneof(
      fc.record({ action: fc.record({ type }), condition }),
      fc.record({
        action: fc.constant({ type: "Keep" as const }),
        mostRecentVersions: fc.record({ keepCount: count }),
      }),
    );
    const policies = fc
      .array(policy, { minLength: 1, maxLength: 4 })
      .map((all) => all.map((each, index) => ({ name: `policy-${index}`, ...each })))
      .filter((all) =>
        all.every(
          (each) =>
            !(
              "condition" in each &&
              each.condition.tagState === "untagged" &&
              each.condition.tagPrefixes
            ),
        ),
      );
    await holds(fc.tuple(policies, stored(9)), async ([chosen, all]) => {
      await sameRemovals("gar", chosen, all, garDeletes(chosen, all));
    });
  });

  test("zot", async () => {
    const entry = fc.record(
      {
        patterns: fc.uniqueArray(expression, { minLength: 1, maxLength: 2 }),
        mostRecentlyPushedCount: count,
        mostRecentlyPulledCount: count,
        pushedWithin: days.map((each) => `${each * 24}h`),
        pulledWithin: days.map((each) => `${each * 24}h`),
      },
      { requiredKeys: [] },
    );
    const entries = fc.array(entry, { minLength: 1, maxLength: 3 });
    await holds(fc.tuple(entries, stored(1)), async ([keepTags, all]) => {
      const policies = [{ repositories: ["**"], deleteUntagged: false, keepTags }];
      const distinct = new Set(all.map(({ pulled }) => pulled)).size === all.length;
      fc.pre(distinct);
      await sameRemovals("zot", { policies }, all, zotDeletes(keepTags, all));
    });
  });

  test("GitLab", async () => {
    const policy = fc.record(
      {
        name_regex_delete: expression,
        name_regex_keep: expression,
        keep_n: count,
        older_than: days.map((each) => `${each}d`),
      },
      { requiredKeys: ["name_regex_delete"] },
    );
    await holds(fc.tuple(policy, stored(1)), async ([chosen, all]) => {
      await sameRemovals("gitlab", chosen, all, gitlabDeletes(chosen, all));
    });
  });

  test("acr purge", async () => {
    const purge = fc.record({ filter: expression, agoDays: fc.nat(15), keep: fc.nat(3) });
    const commands = fc.array(purge, { minLength: 1, maxLength: 3 });
    await holds(fc.tuple(commands, stored(1)), async ([chosen, all]) => {
      const text = chosen.map(({ filter, agoDays, keep }) => {
        return `acr purge --filter 'team/app:${filter}' --ago ${agoDays}d --keep ${keep} --untagged`;
      });
      const tagged = all.filter(({ tags }) => tags.length > 0);
      fc.pre(tagged.length > 0);
      await sameRemovals("acr", text.join("\n"), tagged, acrDeletes(chosen, tagged));
    });
  });
});
