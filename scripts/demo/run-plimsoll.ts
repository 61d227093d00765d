import { spawnSync } from "node:child_process";
import { join } from "node:path";

const PROGRAM = join(import.meta.dirname, "../../bin/plimsoll.cjs");

/** Runs the built command, as a user would, with a state folder of its own. */
export interface Plimsoll {
  /** Shows the command and what it prints; answers its exit status. */
  show(...args: string[]): number;
  /** Runs it without showing anything. */
  capture(...args: string[]): {
    readonly status: number;
    readonly stdout: string;
    readonly stderr: string;
  };
}

export function createPlimsoll(stateDirectory: string): Plimsoll {
  const env = {
    ...process.env,
    PLIMSOLL_STATE_DIR: join(stateDirectory, "state"),
    PLIMSOLL_CACHE_DIR: join(stateDirectory, "cache"),
  };
  return {
    show(...args) {
      console.log(`\n$ plimsoll ${args.join(" ")}\n`);
      return spawnSync(process.execPath, [PROGRAM, ...args], { env, stdio: "inherit" }).status ?? 1;
    },
    capture(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
        env,
        encoding: "utf8",
        maxBuffer: 2 ** 30,
      });
      return { status: status ?? 1, stdout, stderr };
    },
  };
}
