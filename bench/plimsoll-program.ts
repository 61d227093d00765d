import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../test/harness/run-command.ts";
import { timedProgram } from "./timed-program.ts";

const PROGRAM = join(import.meta.dirname, "../bin/plimsoll.cjs");
const TIMEOUT_MS = 600_000;
/** Told once, before engines may be moved into memory: a journal waits for the disk, as it does elsewhere. */
const HOMES = tmpdir();

/** The built command as a user has it: a home of its own, and in it what it remembers between two runs. */
export class PlimsollProgram {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;

  /** `env` says which target it meets, as for the docker CLI; never the machine's own engine. */
  constructor(env: NodeJS.ProcessEnv = {}) {
    this.folder = mkdtempSync(join(HOMES, "plimsoll-bench-"));
    process.once("exit", () => this.discard()); // also where a run is cut off
    const { PATH } = process.env;
    this.env = {
      PATH,
      DOCKER_HOST: `unix://${join(this.folder, "no-engine.sock")}`,
      ...env,
      HOME: this.folder,
      PLIMSOLL_STATE_DIR: join(this.folder, "state"),
      PLIMSOLL_CACHE_DIR: join(this.folder, "cache"),
    };
  }

  /** Milliseconds of the whole process. */
  time(...args: string[]): Promise<number> {
    return timedProgram(process.execPath, [PROGRAM, ...args], this.env);
  }

  async json<T>(...args: string[]): Promise<T> {
    const all = [PROGRAM, ...args, "--json"];
    const options = { env: this.env, timeoutMs: TIMEOUT_MS };
    return JSON.parse(await runCommand(process.execPath, all, options)) as T;
  }

  /** What is remembered of targets goes, as if it had never met one; Node's compiled code of the program stays. */
  forget(): void {
    for (const name of ["state", "cache"])
      rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
