/** What is wrong with a file of policy tests. Lines and columns count from 1. */
export interface TestProblem {
  readonly line: number;
  readonly column: number;
  /** The text there. */
  readonly found?: string;
  readonly detail: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

export type ReportProblem = (problem: TestProblem) => void;
