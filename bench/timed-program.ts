import { spawn } from "node:child_process";
import { timed } from "./series.ts";

/** Milliseconds of a whole process, its output thrown away. Rejects when it does not end with status 0. */
export function timedProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return timed(() => runToEnd(program, args, env));
}

function runToEnd(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    const errors: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      if (status === 0) return resolve();
      const [command = "", ...operands] = args.slice(0, 4);
      reject(
        new Error(
          `${program} ${[command, ...operands].join(" ")} … ended with ${status ?? signal}: ` +
            Buffer.concat(errors).toString("utf8").trim(),
        ),
      );
    });
  });
}
