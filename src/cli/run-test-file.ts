import { dirname, isAbsolute, join } from "node:path";

import { runPolicyTest } from "../operations/run-policy-test.ts";
import {
  fits,
  formatOutcome,
  type Comparison,
  type Difference,
} from "../plan/testing/compare-outcome.ts";
import type { Policy } from "../policy/policy.ts";
import type { PolicyTest, TestedPolicy } from "../policy/testing/policy-test.ts";
import { readPolicyTests } from "../policy/testing/read-policy-tests.ts";
import { recordRemovals } from "../policy/testing/record-removals.ts";
import type { CliContext } from "./cli-context.ts";
import { readNamedFile } from "./json-file.ts";
import { policyNamed } from "./named-policy.ts";
import { policyFromText } from "./policy-file.ts";
import type { TestFileReport, TestReport } from "./policy-test-report.ts";

/** Runs the tests of a file; with `record`, writes what goes into those that say otherwise or nothing. */
export async function runTestFile(
  context: CliContext,
  path: string,
  record: boolean,
): Promise<TestFileReport> {
  const source = await readNamedFile(context, path, "policy tests");
  const read = readPolicyTests(source);
  if ("problems" in read) return { path, source, problems: read.problems, tests: [] };
  const policies = new Map<string, Promise<Policy>>();
  const reports: TestReport[] = [];
  for (const test of read.tests) {
    const policy = await policyOf(context, path, test.policy, policies);
    const comparison = await runPolicyTest(test, policy, context.sha256);
    reports.push(reportOf(test, comparison, record));
  }
  const removes = reports.map((report) => (report.isRecorded ? linesOf(report) : undefined));
  if (reports.some(({ isRecorded }) => isRecorded))
    await context.files.write(path, recordRemovals(source, removes));
  return { path, source, problems: [], tests: reports };
}

/** A policy that several tests name is read, and warned about, once. */
async function policyOf(
  context: CliContext,
  testPath: string,
  policy: TestedPolicy,
  policies: Map<string, Promise<Policy>>,
): Promise<Policy> {
  const key = policy.kind === "named" ? policy.name : policy.text;
  const known = policies.get(key);
  if (known !== undefined) return known;
  const read =
    policy.kind === "inline"
      ? policyFromText(context, policy.text, testPath)
      : policyNamed(context, besideTest(testPath, policy.name));
  policies.set(key, Promise.resolve(read));
  return read;
}

function besideTest(testPath: string, name: string): string {
  return name.startsWith("preset:") || isAbsolute(name) ? name : join(dirname(testPath), name);
}

function reportOf(test: PolicyTest, comparison: Comparison, record: boolean): TestReport {
  const { removes, keeps, stops } = test;
  const { removed, differences } = comparison;
  const others = differences.filter((difference) => !isOfRemovals(test, difference));
  const isRecorded = record && (removes === undefined || others.length < differences.length);
  const left = isRecorded ? others : differences;
  const saysNothing = removes === undefined && keeps.length === 0 && stops === undefined;
  const isEmpty = !isRecorded && saysNothing;
  const outcome = left.length > 0 || isEmpty ? "failed" : "passed";
  return { test, removed, differences: left, outcome, isEmpty, isRecorded };
}

function isOfRemovals({ removes = [] }: PolicyTest, difference: Difference): boolean {
  if (difference.kind === "goes" || difference.kind === "stays") return true;
  if (difference.kind === "brakes") return false;
  return removes.includes(difference.expected);
}

/** A line says as much as it said before; a new one as much as the lines beside it. */
function linesOf({ test, removed }: TestReport): readonly string[] {
  const before = test.removes ?? [];
  const usual = {
    rule: before.some(({ rule }) => rule !== undefined),
    reason: before.some(({ reason }) => reason !== undefined),
  };
  return removed.map((outcome) => {
    const said = before.find(
      ({ kind, name }) => kind === outcome.kind && isSame(test, name, outcome.name),
    );
    if (said === undefined) return formatOutcome(outcome, usual);
    if (fits(said, outcome)) return said.at.text;
    return formatOutcome(
      { ...outcome, name: said.name },
      { rule: said.rule !== undefined, reason: said.reason !== undefined },
    );
  });
}

function isSame({ wordNamed }: PolicyTest, name: string, other: string): boolean {
  return name === other || (wordNamed(name) ?? name) === wordNamed(other);
}
