import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, onTestFinished, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  archive,
  comesBack,
  configImage,
  manifestImage,
  noise,
} from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "./recovery-bin.ts";
import { UNFINISHED_PREFIX } from "./blob-draft.ts";

const clock = (): number => Date.parse("2026-11-21T12:00:00Z");

/** A file system of its own, of 256 KiB; undefined where mounting is not allowed. */
function mountSmall(): string | undefined {
  const directory = join(scratchFolder(), "mounted");
  mkdirSync(directory);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=755", "plimsoll-test", directory], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}

describe("a bin on a small disk", () => {
  test.for([
    ["config", configImage],
    ["manifest", manifestImage],
  ] as const)("refuses what has no room, and keeps the rest (%s)", async ([, make], { skip }) => {
    const directory = mountSmall() ?? skip("mounting is not allowed here");
    const bin = await openRecoveryBin(join(directory, "bin"), clock);
    const small = await archive(bin, make("small", [noise("small", 60_000)]));
    const large = make("large", [noise("first", 60_000), noise("second", 160_000)]);
    await expect(archive(bin, large)).rejects.toMatchObject({
      kind: "full",
      file: bin.location,
      hint: expect.stringMatching(/--bin.*bin empty.*recovery: record/),
    });
    const names = readdirSync(join(bin.location, "blobs/sha256"));
    expect(names.filter((name) => name.startsWith(UNFINISHED_PREFIX))).toEqual([]);
    expect(await bin.entries()).toHaveLength(1);
    expect((await comesBack(bin, small)).size).toBeGreaterThan(1);
    // What had room of the image that had none goes with the next removal, and so makes room.
    expect((await bin.remove([])).freedBytes).toBeGreaterThan(60_000);
    expect((await bin.remove([small.key])).freedBytes).toBeGreaterThan(60_000);
    expect(await bin.verify(new AbortController().signal)).toEqual([]);
  });

  test("goes on being encrypted when there is room again", async ({ skip }) => {
    const directory = mountSmall() ?? skip("mounting is not allowed here");
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const identityFile = join(scratchFolder(), "key");
    writeFileSync(identityFile, identity);
    const bin = await openRecoveryBin(join(directory, "bin"), clock, identityFile);
    const entry = await archive(bin, configImage("app", [noise("app", 90_000)]));
    const filler = join(directory, "filler");
    writeFileSync(filler, noise("filler", 90_000));
    const { signal } = new AbortController();
    await expect(bin.encryption.encrypt([recipient], { signal })).rejects.toMatchObject({
      kind: "full",
      hint: expect.stringMatching(/the same command goes on/),
    });
    expect(await bin.encryption.isUnfinished()).toBe(true);
    expect((await comesBack(bin, entry)).size).toBe(2);
    rmSync(filler);
    await bin.encryption.encrypt([recipient], { signal });
    expect(await bin.encryption.isUnfinished()).toBe(false);
    expect((await comesBack(bin, entry)).size).toBe(2);
    expect(await bin.verify(signal)).toEqual([]);
  });

  test("that is read-only is still read", async ({ skip }) => {
    const directory = mountSmall() ?? skip("mounting is not allowed here");
    const bin = await openRecoveryBin(join(directory, "bin"), clock);
    const entry = await archive(bin, configImage("app", [noise("app", 9000)]));
    execFileSync("mount", ["-o", "remount,ro", directory]);
    const again = await openRecoveryBin(bin.location, clock);
    expect(await again.entries()).toEqual([entry]);
    expect(await again.whileHeld(() => comesBack(again, entry))).toHaveProperty("size", 2);
    expect(await again.verify(new AbortController().signal)).toEqual([]);
    await expect(again.remove([entry.key])).rejects.toMatchObject({
      kind: "permission-denied",
      hint: expect.stringMatching(/--bin/),
    });
  });
});
