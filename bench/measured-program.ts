import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const SAMPLE_MS = 20;

export interface MeasuredRun {
  readonly ms: number;
  /** The most memory that the process had at once, as the kernel counted it (VmHWM). */
  readonly peakBytes: number;
}

/** A whole process, with what it took. Rejects when it does not end with status 0. */
export function measuredProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<MeasuredRun> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    const errors: Buffer[] = [];
    let peakBytes = 0;
    const timer = setInterval(() => {
      peakBytes = Math.max(peakBytes, peakOf(child.pid));
    }, SAMPLE_MS);
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.once("error", reject);
    child.once("close", (status, signal) => {
      clearInterval(timer);
      const ms = performance.now() - startedAt;
      if (status === 0) return resolve({ ms, peakBytes });
      const told = Buffer.concat(errors).toString("utf8").trim();
      reject(
        new Error(
          `${program} ${args.slice(0, 4).join(" ")} … ended with ${status ?? signal}: ${told}`,
        ),
      );
    });
  });
}

/** The high water mark is kept by the kernel: only what comes after the last sample is missed. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has just ended
  }
}
