import type { CliContext } from "../cli-context.ts";
import type { ExitCode } from "../exit-codes.ts";
import { printable, printableLines } from "./printable.ts";
import { paint } from "./paint.ts";

/** An error for people: what happened and to what, then what to do next. */
export interface Explanation {
  readonly message: string;
  readonly next: readonly string[];
  readonly exitCode: ExitCode;
}

export function writeExplanation(context: CliContext, explanation: Explanation): void {
  const lines = [
    `${paint(context.stderr, "red", `${context.programName}:`)} ${printableLines(explanation.message)}`,
    ...explanation.next.map((step) => `  ${printable(step)}`),
  ];
  context.stderr.write(`${lines.join("\n")}\n`);
}
