import { execFile } from "node:child_process";

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: Buffer | string;
  timeoutMs?: number;
}

/** Runs a program to its end and resolves with its standard output; rejects with its standard error in the message. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        cwd: options.cwd,
        env: options.env ?? process.env,
        timeout: options.timeoutMs ?? 120_000,
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new Error(`${program} ${args.join(" ")}: ${error.message}\n${stderr}`.trim(), {
              cause: error,
            }),
          );
      },
    );
    // A program that ends before it has read its input closes the pipe; its exit status tells the story.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  });
}
