import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { compiledFolder } from "../harness/compiled-folder.ts";
import { containerdEnvironment } from "./containerd-sockets.ts";
import { environmentIn } from "./contract-session.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Standard error without a warning or an error; a command that takes a second tells there how far it is. */
export function noWarning(): unknown {
  return expect.not.stringMatching(/^(?:plimsoll:|\(node:\d+\))/m);
}

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

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Capabilities of root that it does not get. */
  readonly without?: readonly string[];
}

/** Of a program that remembers in the folder and may be told of these targets. */
export function programEnvironment(
  memory: string,
  ...targets: readonly string[]
): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: memory,
    NODE_COMPILE_CACHE: compiledFolder(),
    ...environmentIn(memory),
    ...Object.assign({}, ...targets.map(containerdEnvironment)),
  };
}

/** Starts the program, from its sources, in a process of its own that remembers in the folder. */
export function startProgram(
  args: readonly string[],
  memory: string,
  { env = {}, without = [] }: ProgramOptions = {},
): RunningProgram {
  const minus = without.map((capability) => `-${capability}`).join(",");
  const limits = minus === "" ? [] : ["setpriv", `--bounding-set=${minus}`, `--inh-caps=${minus}`];
  const [program = "", ...words] = [...limits, process.execPath, MAIN, ...args];
  const child = spawn(program, words, {
    env: { ...programEnvironment(memory, ...args), ...env },
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
