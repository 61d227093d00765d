import { spawn } from "node:child_process";

/**
 * Runs a command line of the user's with what it prints on standard error; resolves with its exit status. Nothing here ends
 * it early: it may be what puts things back in order after an interruption.
 */
export function runShell(command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ["ignore", 2, 2] });
    child.once("error", reject);
    // A signal ended it: as shells count it.
    child.once("close", (status) => resolve(status ?? 128));
  });
}
