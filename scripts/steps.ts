import { spawnSync } from "node:child_process";
import { delimiter, resolve } from "node:path";

interface Step {
  readonly name: string;
  /** An executable of a development dependency, or `node`. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What repairs most failures of this step. */
  readonly remedy?: string;
}

const baseEnv = {
  ...process.env,
  PATH: [resolve("node_modules/.bin"), process.env["PATH"]].join(delimiter),
};

/** Runs the steps in order up to the first that fails; the result is the exit status. */
export function runSteps(steps: readonly Step[]): number {
  for (const { name, command, args = [], env = {}, remedy } of steps) {
    const startedAt = performance.now();
    const executable = command === "node" ? process.execPath : command;
    const { status, error, stdout, stderr } = spawnSync(executable, args, {
      env: { ...baseEnv, ...env },
      encoding: "utf8",
      maxBuffer: Infinity,
      shell: process.platform === "win32",
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (status === 0) {
      console.log(`ok      ${name.padEnd(20)} ${seconds} s`);
      continue;
    }
    console.log(`FAILED  ${name.padEnd(20)} ${seconds} s`);
    console.log(error ? String(error) : `${stdout}${stderr}`.trimEnd());
    console.log(`\nStopped at "${name}".${remedy === undefined ? "" : ` Try: ${remedy}`}`);
    return 1;
  }
  return 0;
}
