/** Why a target cannot be used: what it is about, what is wrong with it, and what to do next. Holds no secrets. */
export interface TargetProblem {
  readonly kind: "target-problem";
  readonly subject: string;
  readonly cause: string;
  readonly nextStep: string;
}

export function targetProblem(subject: string, cause: string, nextStep: string): TargetProblem {
  return { kind: "target-problem", subject, cause, nextStep };
}

export function isTargetProblem(value: { readonly kind?: string }): value is TargetProblem {
  return value.kind === "target-problem";
}
