import { EXIT } from "../cli/exit-codes.ts";

/** The first Ctrl-C (or termination) asks to stop; the second ends the process at once. */
export function watchInterruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}
