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
