import type { PresetPlan } from "../operations/storage-report.ts";
import type { CliContext } from "./cli-context.ts";
import { shellQuote } from "./policy-flags.ts";

/** A command that the user may run next, on the same target. */
export function suggest(
  context: CliContext,
  target: string | undefined,
  ...words: readonly string[]
): string {
  const [command = "", ...rest] = words;
  const where = target === undefined ? [] : ["-t", target];
  return [context.programName, ...[command, ...where, ...rest].map(shellQuote)].join(" ");
}

/** The command that shows that plan, in its shortest form. */
export function planWords({ preset, plan }: PresetPlan): readonly string[] {
  switch (preset) {
    case "dangling":
      return ["plan"];
    case "unused":
      return ["plan", "-a"];
    case "production":
      return ["plan", "--preset", "production"];
    case "policy":
      return ["plan", "-p", plan.policy.source];
    default:
      return preset satisfies never;
  }
}
