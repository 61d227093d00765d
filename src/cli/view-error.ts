import { CliError } from "./cli-error.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";
import { explainEngineError, isEngineError } from "./view-engine-error.ts";
import type { Explanation } from "./view-human/view-explanation.ts";

/** What every adapter's error has beside its message; the adapters themselves are unknown here. */
interface TypedError extends Error {
  readonly kind: string;
  /** What to do next. */
  readonly hint?: string;
}

/** Turns whatever ended a command into words. An error of no known kind is a defect: its stack is shown. */
export async function explainError(error: unknown, context: CliContext): Promise<Explanation> {
  if (error instanceof CliError) {
    return { message: error.message, next: error.next, exitCode: error.exitCode };
  }
  if (context.signal.aborted)
    return { message: "interrupted", next: [], exitCode: EXIT.interrupted };
  if (isEngineError(error)) return explainEngineError(error, context);
  if (isTypedError(error)) {
    return {
      message: error.message,
      next: error.hint === undefined ? [] : [error.hint],
      exitCode: EXIT.failed,
    };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `unexpected error: ${stack}`, next: [], exitCode: EXIT.failed };
}

function isTypedError(error: unknown): error is TypedError {
  return error instanceof Error && "kind" in error && typeof error.kind === "string";
}
