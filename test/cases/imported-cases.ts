import { expect } from "vitest";

import { familiarName } from "../../src/oci/reference.ts";
import { importPolicy } from "../../src/policy/import/import-policy.ts";
import { parsePolicyFile } from "../../src/policy/file/parse-policy.ts";
import { writePolicy } from "../../src/policy/file/write-policy.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Remark } from "../../src/policy/remark.ts";
import {
  deletedBy,
  planFor,
  subjectsOf,
  type HostWords,
  type ImageWords,
} from "../fixtures/host-in-words.ts";
import { otherRemovals, testCases, type CaseRow } from "./case-table.ts";

/** Another system's policy, what a registry holds, and what goes. */
export interface ImportedCase extends CaseRow {
  /** As the system takes it: text, or JSON. */
  readonly policy: unknown;
  /** See `registryOf`; or a whole host, where more than images matter. */
  readonly holds: string | HostWords;
  /** Images that go, sorted. */
  readonly deletes: string;
  /** Names that go although their image stays, without the repository, sorted. */
  readonly untags?: string;
  /** Containers, volumes and cache records that go, in plan order. */
  readonly removes?: string;
  /** What a remark has to speak of. */
  readonly remarks?: string;
}

/** A policy that its own system refuses, or that cannot be read. */
export interface RefusedCase extends CaseRow {
  readonly policy: unknown;
  /** What each problem has to speak of, in order. */
  readonly problems: readonly string[];
}

export const REPOSITORY = "registry.example.com/team/app";

export function describeImports(kind: string, rows: readonly ImportedCase[]): void {
  testCases(`imported from ${kind}`, rows, async ({ policy, holds, ...expected }) => {
    const imported = await importPolicy(kind, textOf(policy));
    if (imported === undefined || "problems" in imported) {
      expect(imported).toHaveProperty("policy");
      return;
    }
    expectToReadBack(imported);
    const plan = planFor(typeof holds === "string" ? registryOf(holds) : holds, imported.policy);
    expect(deletedBy(plan).join(" ")).toBe(expected.deletes);
    const untagged = subjectsOf(plan, "untag").map((name) =>
      familiarName(name).replace(/^.*:/, ""),
    );
    expect(untagged.toSorted().join(" ")).toBe(expected.untags ?? "");
    expect(otherRemovals(plan)).toBe(expected.removes ?? "");
    if (expected.remarks !== undefined) {
      expect(imported.remarks.map(({ text }) => text).join("\n")).toContain(expected.remarks);
    }
  });
}

/** What is written of an import is a policy file without mistakes, and means the same. */
function expectToReadBack({
  policy,
  remarks,
}: {
  policy: Policy;
  remarks: readonly Remark[];
}): void {
  const read = parsePolicyFile(writePolicy(policy, remarks), "imported.yaml");
  const mistakes = "problems" in read ? read.problems : read.warnings;
  expect(mistakes.filter(({ detail }) => !isEmpty(policy, detail))).toEqual([]);
  if ("problems" in read) return;
  const withoutPlaces = (key: string, value: unknown): unknown =>
    ["position", "protectPositions", "source"].includes(key) || isNothing(value)
      ? undefined
      : value;
  const meaning = (each: Policy): unknown => JSON.parse(JSON.stringify(each, withoutPlaces));
  expect(meaning(read.policy)).toEqual(meaning(policy));
}

/** A file without limits of its own reads back with an empty list of them. */
function isNothing(value: unknown): boolean {
  return JSON.stringify(value) === "{}";
}

/** Nothing goes by a policy that is switched off there; that is said here too. */
function isEmpty({ images, containers, volumes, buildCache }: Policy, detail: string): boolean {
  return (
    [images, containers, volumes, buildCache].every((rules) => (rules ?? []).length === 0) &&
    detail.startsWith("the policy has no rules")
  );
}

export function describeRefusals(kind: string, rows: readonly RefusedCase[]): void {
  testCases(`refused from ${kind}`, rows, async ({ policy, problems }) => {
    const imported = await importPolicy(kind, textOf(policy));
    const said = imported !== undefined && "problems" in imported ? imported.problems : [];
    expect(said).toEqual(problems.map((each): unknown => expect.stringContaining(each)));
  });
}

/** The policy that a text becomes. */
export async function importedPolicy(kind: string, policy: unknown): Promise<Policy> {
  const imported = await importPolicy(kind, textOf(policy));
  if (imported === undefined || "problems" in imported) {
    throw new Error(`not imported: ${imported?.problems.join("; ") ?? kind}`);
  }
  return imported.policy;
}

function textOf(policy: unknown): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

/**
 * A registry with images, separated by blanks: `A[v1,v2]@10d/2d` was pushed ten days ago with these tags and last pulled
 * two days ago, `U[]@3d` has no tag, `v1@3d` is short for `v1[v1]@3d`, `@-` is of unknown age. `{B,C}` behind it are its
 * children, `>A` its subject, `=host/path` its repository where it is another than `REPOSITORY`.
 */
export function registryOf(words: string): HostWords {
  const images = words.split(" ").map((word): [string, ImageWords] => {
    const parts =
      /^([^[@]+)(?:\[([^\]]*)\])?@([^/{>=]+)(?:\/([^{>=]+))?(?:\{([^}]*)\})?(?:>([^=]+))?(?:=(.+))?$/.exec(
        word,
      );
    if (parts === null) throw new Error(`"${word}" is no image in words`);
    const [, name = "", tags = name, pushed = "", pulled, children, subject, where] = parts;
    const repository = where ?? REPOSITORY;
    const names =
      tags === ""
        ? `${repository}@${name}`
        : tags
            .split(",")
            .map((tag) => `${repository}:${tag}`)
            .join(" ");
    const image = {
      names,
      created: pushed,
      arrived: pushed,
      seen: pushed,
      ...(pulled === undefined ? {} : { used: pulled }),
      ...(children === undefined ? {} : { children: children.replaceAll(",", " ") }),
      ...(subject === undefined ? {} : { subject }),
    };
    return [name, image];
  });
  return { target: "registry", images: Object.fromEntries(images) };
}
