import {
  formatOutcome,
  type Difference,
  type Outcome,
} from "../../plan/testing/compare-outcome.ts";
import { formatExpected } from "../../policy/testing/expectation.ts";
import type { Output } from "../cli-context.ts";
import { countTests, type TestFileReport, type TestReport } from "../policy-test-report.ts";
import { paint, type Style } from "./paint.ts";
import { printable } from "./printable.ts";
import { count } from "./view-bytes.ts";

const ALL = { rule: true, reason: true } as const;

/** What ran, what failed and how: `-` is what a test expects, `+` what the policy does. */
export function renderPolicyTests(output: Output, files: readonly TestFileReport[]): string {
  const blocks = files
    .filter(({ tests }) => tests.length > 0)
    .map(({ path, tests }) =>
      [
        paint(output, "bold", printable(path)),
        ...tests.flatMap((report) => viewTest(output, path, report)),
      ].join("\n"),
    );
  return `${[...blocks, summary(output, files)].join("\n\n")}\n`;
}

function viewTest(output: Output, path: string, report: TestReport): readonly string[] {
  const { test, outcome, isEmpty, isRecorded, differences } = report;
  const [style, word]: [Style, string] = outcome === "failed" ? ["red", "fails"] : ["green", "ok"];
  const note = isRecorded ? paint(output, "dim", "  written into the file") : "";
  const head = `  ${paint(output, style, word.padEnd(5))} ${printable(test.name)}${note}`;
  if (outcome === "passed") return [head];
  const where = paint(output, "dim", `        ${printable(path)}:${test.line}`);
  const empty = isEmpty ? ["        it expects nothing: --record writes what goes"] : [];
  const lines = differences.flatMap((difference) => viewDifference(output, difference));
  return [head, where, ...empty, ...lines];
}

function viewDifference(output: Output, difference: Difference): readonly string[] {
  const minus = (text: string): string => paint(output, "red", `      - ${printable(text)}`);
  const plus = (text: string): string => paint(output, "green", `      + ${printable(text)}`);
  switch (difference.kind) {
    case "goes":
      return [plus(`goes   ${formatOutcome(difference.got, ALL)}`)];
    case "stays":
      return [
        minus(`goes   ${formatExpected(difference.expected)}`),
        ...staying(difference.got, difference.expected.name).map(plus),
      ];
    case "not-kept":
      return [
        minus(`stays  ${formatExpected(difference.expected)}`),
        ...difference.got.map((outcome) => plus(`goes   ${formatOutcome(outcome, ALL)}`)),
      ];
    case "otherwise":
      return [
        minus(`       ${formatExpected(difference.expected)}`),
        ...difference.got.map((outcome) => plus(`       ${formatOutcome(outcome, ALL)}`)),
      ];
    case "brakes": {
      const { expected, got } = difference;
      const stops = got.map(({ limit, detail }) => `stops  ${limit} because ${detail}`);
      return [
        minus(`stops  ${expected.length === 0 ? "nothing" : expected.join(", ")}`),
        ...(stops.length === 0 ? ["stops  nothing"] : stops).map(plus),
      ];
    }
  }
}

function staying(got: readonly Outcome[], name: string): readonly string[] {
  if (got.length === 0) return [`stays  ${name}: it is not part of the plan`];
  return got.map((outcome) => `stays  ${formatOutcome(outcome, ALL)}`);
}

function summary(output: Output, files: readonly TestFileReport[]): string {
  const { passed, failed, recorded, unreadableFiles } = countTests(files);
  const parts = [
    paint(output, failed > 0 ? "red" : "green", `${passed} passed, ${failed} failed`),
    ...(recorded > 0 ? [`${recorded} recorded`] : []),
    ...(unreadableFiles > 0 ? [`${count(unreadableFiles, "file", "files")} not readable`] : []),
  ];
  return parts.join(", ");
}
