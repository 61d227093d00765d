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

/** The command that shows a plan by that preset, in its shortest form. */
export const PLAN_WORDS: Readonly<Record<PresetPlan["preset"], readonly string[]>> = {
  dangling: ["plan"],
  unused: ["plan", "-a"],
  production: ["plan", "--preset", "production"],
};
