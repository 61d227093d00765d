import type { PolicyProblem } from "../policy/file/problem.ts";
import type { Comparison } from "../plan/testing/compare-outcome.ts";
import type { PolicyTest } from "../policy/testing/policy-test.ts";

/** How one test ended. */
export interface TestReport extends Comparison {
  readonly test: PolicyTest;
  readonly outcome: "passed" | "failed";
  /** It expects nothing at all, which is a failure. */
  readonly isEmpty: boolean;
  /** What goes was written into its file, and is no difference any more. */
  readonly isRecorded: boolean;
}

export interface TestFileReport {
  readonly path: string;
  /** The file as it was read. */
  readonly source: string;
  /** Why its tests did not run. */
  readonly problems: readonly PolicyProblem[];
  readonly tests: readonly TestReport[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly recorded: number;
  readonly unreadableFiles: number;
}

export function countTests(files: readonly TestFileReport[]): TestCounts {
  const tests = files.flatMap((file) => file.tests);
  const passed = tests.filter(({ outcome }) => outcome === "passed").length;
  return {
    passed,
    failed: tests.length - passed,
    recorded: tests.filter(({ isRecorded }) => isRecorded).length,
    unreadableFiles: files.filter(({ problems }) => problems.length > 0).length,
  };
}

/** As JSON shows it. */
export function testDocument(files: readonly TestFileReport[]): object {
  return {
    schema: "plimsoll.policy-test/1",
    ...countTests(files),
    files: files.map(({ path, problems, tests }) => ({
      path,
      problems,
      tests: tests.map(({ test, outcome, isRecorded, removed, differences }) => ({
        name: test.name,
        line: test.line,
        outcome,
        recorded: isRecorded,
        removed,
        differences: differences.map((difference) => {
          const { kind, got } = difference;
          if (kind === "goes") return { kind, got: [got] };
          if (kind === "brakes") return { kind, expected: difference.expected, got };
          const { at, ...expected } = difference.expected;
          return { kind, line: at.line, expected, got };
        }),
      })),
    })),
  };
}
