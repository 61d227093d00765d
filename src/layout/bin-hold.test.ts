import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { BinHold } from "./bin-hold.ts";

const nothing = async (): Promise<void> => {};
const swept = (hold: BinHold): Promise<string | undefined> => hold.alone(async () => "swept", 0);

describe("the hold on a bin", () => {
  test("is shared by those who put images there, and keeps sweeps out until the last has ended", async () => {
    const root = scratchFolder();
    const [one, two, sweeper] = [new BinHold(root), new BinHold(root), new BinHold(root)];
    await one.share(async () => {
      await two.share(async () => {
        expect(await swept(sweeper)).toBeUndefined();
      }, nothing);
      expect(await swept(sweeper)).toBeUndefined();
    }, nothing);
    expect(await swept(sweeper)).toBe("swept");
  });

  test("is taken once by whoever holds it already, and looks around only then", async () => {
    const hold = new BinHold(scratchFolder());
    let taken = 0;
    const look = async (): Promise<void> => {
      taken += 1;
    };
    await hold.share(async () => {
      await Promise.all([hold.share(nothing, look), hold.share(nothing, look)]);
      expect(await swept(hold)).toBeUndefined();
    }, look);
    expect(taken).toBe(1);
    expect(await swept(hold)).toBe("swept");
  });

  test("is let go when what was to be done, or the look around, fails", async () => {
    const hold = new BinHold(scratchFolder());
    const fails = (): Promise<never> => Promise.reject(new Error("as it was made to"));
    await expect(hold.share(fails, nothing)).rejects.toThrow("as it was made to");
    expect(await swept(hold)).toBe("swept");
    await expect(hold.share(nothing, fails)).rejects.toThrow("as it was made to");
    expect(await swept(hold)).toBe("swept");
  });

  test("ends with the process that had it", async () => {
    const root = scratchFolder();
    const source = `import { BinHold } from ${JSON.stringify(join(import.meta.dirname, "bin-hold.ts"))};
      await new BinHold(${JSON.stringify(root)}).share(() => {
        process.stdout.write("held");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      }, async () => {});`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const hold = new BinHold(root);
    // Nor is it lost by looks at the same file in this process.
    await hold.share(nothing, nothing);
    expect(await swept(hold)).toBeUndefined();
    child.kill("SIGKILL");
    await ended;
    expect(await swept(hold)).toBe("swept");
  });
});
