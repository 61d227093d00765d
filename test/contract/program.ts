import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { environmentIn } from "./contract-session.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface ProgramEnd {
  /** Undefined for a process that a signal ended. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
}

/** Starts the program, from its sources, in a process of its own that remembers in the folder. */
export function startProgram(
  args: readonly string[],
  memory: string,
  options: Pick<SpawnOptions, "env" | "uid" | "gid"> = {},
): RunningProgram {
  const child = spawn(process.execPath, [MAIN, ...args], {
    ...options,
    env: { PATH: process.env["PATH"], HOME: memory, ...environmentIn(memory), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | undefined>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? undefined));
  });
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]) => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

export function runProgram(...args: Parameters<typeof startProgram>): Promise<ProgramEnd> {
  return startProgram(...args).ended;
}
