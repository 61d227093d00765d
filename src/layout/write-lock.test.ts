import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { scratchLayout } from "../../test/harness/scratch-layout.ts";
import { withWriteLock } from "./write-lock.ts";

describe("the write lock", () => {
  test("keeps a second writer out for as long as it is held", async () => {
    const { directory } = scratchLayout();
    const never = () => Promise.reject(new Error("both hold the lock"));
    await withWriteLock(directory, async () => {
      await expect(withWriteLock(directory, never, 0)).rejects.toMatchObject({
        kind: "busy",
        detail: "another Plimsoll is writing this layout",
      });
    });
    expect(await withWriteLock(directory, async () => "free", 0)).toBe("free");
  });

  test("is kept while another one of this process tries for it in vain", async () => {
    const { directory } = scratchLayout();
    const source = `import { withWriteLock } from ${JSON.stringify(join(import.meta.dirname, "write-lock.ts"))};
      await withWriteLock(${JSON.stringify(directory)}, async () => {}, 0);`;
    await withWriteLock(directory, async () => {
      await expect(withWriteLock(directory, async () => "both", 0)).rejects.toThrow(/another/);
      const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
        stdio: "ignore",
      });
      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(1);
    });
  });

  test("ends with the process that held it", async () => {
    const { directory } = scratchLayout();
    const source = `import { withWriteLock } from ${JSON.stringify(join(import.meta.dirname, "write-lock.ts"))};
      await withWriteLock(${JSON.stringify(directory)}, () => {
        process.stdout.write("held");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await expect(withWriteLock(directory, async () => "both", 0)).rejects.toMatchObject({
      kind: "busy",
    });
    child.kill("SIGKILL");
    await ended;
    expect(await withWriteLock(directory, async () => "free", 0)).toBe("free");
  });
});
