import { EXIT, type ExitCode } from "./exit-codes.ts";

/** Ends a command. `message` says what happened and to what; `next` what to do about it, a sentence each. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  readonly next: readonly string[];

  constructor(message: string, next: readonly string[] = [], exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.next = next;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. */
export function usageError(message: string, ...next: readonly string[]): CliError {
  return new CliError(message, next, EXIT.usage);
}
