import { CliError } from "./cli-error.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";
import { explainEngineError, isEngineError } from "./view-engine-error.ts";
import { explainRegistryError, isRegistryError } from "./view-registry-error.ts";
import type { Explanation } from "./view-human/view-explanation.ts";

/** What every adapter's error has beside its message; the adapters themselves are unknown here. */
interface TypedError extends Error {
  readonly kind: string;
  /** What to do next. */
  readonly hint?: string;
}

const FOLDERS =
  "Other folders are named by PLIMSOLL_STATE_DIR (journal) and PLIMSOLL_CACHE_DIR (what can be read again).";

const DEFECT = "This is a defect of Plimsoll: please report it with all of these lines.";

/** Turns whatever ended a command into words. An error of no known kind is a defect: its stack is shown. */
export async function explainError(error: unknown, context: CliContext): Promise<Explanation> {
  if (error instanceof CliError) {
    return { message: error.message, next: error.next, exitCode: error.exitCode };
  }
  if (context.signal.aborted && isAbort(error)) {
    return { message: "interrupted", next: [], exitCode: EXIT.interrupted };
  }
  if (isEngineError(error)) return explainEngineError(error, context);
  if (isRegistryError(error)) return explainRegistryError(error);
  if (isTypedError(error)) {
    const next = error.hint === undefined || error.hint === "" ? [] : [error.hint];
    if (error.name === "StoreError") next.push(FOLDERS);
    return { message: error.message, next, exitCode: EXIT.failed };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `unexpected error: ${stack}`, next: [DEFECT], exitCode: EXIT.failed };
}

export function isTypedError(error: unknown): error is TypedError {
  return error instanceof Error && "kind" in error && typeof error.kind === "string";
}

/** What was under way when the user pressed Ctrl-C; anything else that fails then is still worth telling. */
function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "AbortError" || ("kind" in error && error.kind === "aborted");
}
