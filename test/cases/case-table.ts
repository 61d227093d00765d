import { describe, expect, test } from "vitest";

import { familiarName } from "../../src/oci/reference.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { ImageRule, Keep, Policy } from "../../src/policy/policy.ts";
import { presetPolicy } from "../../src/policy/presets.ts";
import {
  deletedBy,
  keptBy,
  planFor,
  subjectsOf,
  type HostWords,
} from "../fixtures/host-in-words.ts";
import { casesOf } from "./known-cases/cases-of.ts";

/**
 * What every row that tests a case of another tool has. Its test is named `ID what`, and its table in docs/conformance.md
 * is made from these tests.
 */
export interface CaseRow {
  /** As in known-cases/; a suffix tells rows of one case apart (`A5-active`), a blank joins cases (`H3 H37`). */
  readonly id: string;
  readonly what: string;
  /** Why the outcome is another than that of the tool, where that is intended. */
  readonly differs?: string;
}

declare module "vitest" {
  interface TaskMeta {
    /** The cases that a test tests. */
    readonly cases?: { readonly ids: readonly string[]; readonly differs?: string };
  }
}

/** One test for each row. */
export function testCases<Row extends CaseRow>(
  title: string,
  rows: readonly Row[],
  run: (row: Row) => void | Promise<void>,
): void {
  describe(`cases: ${title}`, () => {
    for (const row of rows) {
      const { id, what, differs } = row;
      const cases = { ids: casesOf(id), ...(differs === undefined ? {} : { differs }) };
      test(`${id} ${what}`, { meta: { cases } }, () => run(row));
    }
  });
}

/** A host, a policy, and the outcome that is safe. */
export interface Case extends CaseRow {
  readonly host: HostWords;
  readonly policy: Partial<Policy>;
  /** Images that go, sorted. */
  readonly deletes: string;
  /** Names that go although their image stays, sorted. */
  readonly untags?: string;
  /** Containers, volumes, networks and cache records that go, in plan order. */
  readonly removes?: string;
  /** Rules that keep what the word stands for. */
  readonly keeps?: Readonly<Record<string, string>>;
}

export function describeCases(title: string, cases: readonly Case[]): void {
  testCases(title, cases, ({ host, policy, deletes, untags, removes, keeps }) => {
    const plan = planFor(host, policy);
    expect(deletedBy(plan).join(" ")).toBe(deletes);
    expect(untaggedBy(plan)).toBe(untags ?? "");
    if (removes !== undefined) expect(otherRemovals(plan)).toBe(removes);
    for (const [word, rules] of Object.entries(keeps ?? {})) {
      expect(`${word}: ${keptBy(plan, word).join(" ")}`).toBe(`${word}: ${rules}`);
    }
  });
}

function untaggedBy(plan: Plan): string {
  return subjectsOf(plan, "untag").map(familiarName).toSorted().join(" ");
}

/** Subjects of containers, volumes, networks and cache records that go, as words. */
export function otherRemovals(plan: Plan): string {
  const kinds = [
    "remove-container",
    "remove-volume",
    "remove-network",
    "prune-build-cache",
  ] as const;
  return kinds
    .flatMap((kind) =>
      subjectsOf(plan, kind).map((subject) => subject.replace(/^(?:container|network)-/, "")),
    )
    .join(" ");
}

/** One rule for every image. */
export function everyImage(keep: Keep = {}, more: Partial<ImageRule> = {}): Partial<Policy> {
  return { images: [{ name: "every", match: {}, keep, ...more }] };
}

export function preset(name: string): Policy {
  const policy = presetPolicy(name);
  if (policy === undefined) throw new Error(`no preset ${name}`);
  return policy;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
