import type { PolicyProblem } from "../file/problem.ts";

export type ReportProblem = (problem: PolicyProblem) => void;
