import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs `body` while an exclusive lock on `lockFile` is held. The kernel owns the lock (`flock`), so that it is
 * released when this process dies for whatever reason: no lock is ever left behind.
 */
export async function withFileLock<T>(lockFile: string, body: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const holder = spawn(
    "flock",
    ["--exclusive", lockFile, "sh", "-c", "echo held; exec cat >/dev/null"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.once("error", reject);
    holder.once("exit", (code) =>
      reject(new Error(`flock ${lockFile} ended early with status ${code}`)),
    );
    holder.stdout.once("data", () => resolve());
  });
  try {
    return await body();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
