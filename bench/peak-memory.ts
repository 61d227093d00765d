import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const LOOKED_EVERY_MS = 20;

/** Runs a program to its end, its output thrown away; the most memory that was resident, in bytes. Linux only. */
export function peakMemoryOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: "ignore" });
    let peakBytes = 0;
    const timer = setInterval(() => {
      peakBytes = Math.max(peakBytes, residentPeak(child.pid));
    }, LOOKED_EVERY_MS);
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(timer);
      if (status === 0) resolve(peakBytes);
      else reject(new Error(`${program} ended with ${status}`));
    });
  });
}

function residentPeak(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended.
    return 0;
  }
}
