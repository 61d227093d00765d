import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import {
  MAY,
  scratchDirectory,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";
import { createLayoutRemover } from "./layout-remover.ts";
import { rewriteIndex } from "./rewrite-index.ts";
import { withWriteLock } from "./write-lock.ts";

const { signal } = new AbortController();

describe("rewriting index.json", () => {
  test("never loses an entry that another program adds between the look and the rewrite", async () => {
    const layout = scratchLayout();
    const [leaving, added] = [writeImage(layout, "leaving"), writeImage(layout, "added")];
    layout.add(leaving, "1");
    let looks = 0;
    await rewriteIndex(layout.directory, (index) => {
      looks += 1;
      if (looks === 1) layout.add(added, "2");
      return index.entries
        .filter(({ descriptor }) => descriptor.digest !== leaving.digest)
        .map(({ source }) => source);
    });
    expect(looks).toBe(2);
    const { manifests } = JSON.parse(readFileSync(join(layout.directory, "index.json"), "utf8"));
    expect(manifests).toMatchObject([{ digest: added.digest }]);
  });

  test("gives up when it changes again and again, and leaves no draft behind", async () => {
    const layout = scratchLayout();
    layout.add(writeImage(layout, "x"), "1");
    let writes = 0;
    const rewriting = rewriteIndex(layout.directory, () => {
      writes += 1;
      layout.add(writeImage(layout, "x"), `other-${writes}`);
      return [];
    });
    await expect(rewriting).rejects.toMatchObject({ kind: "changing" });
    expect(
      JSON.parse(readFileSync(join(layout.directory, "index.json"), "utf8")).manifests,
    ).toHaveLength(writes + 1);
    expect(readdirSync(layout.directory).toSorted()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test("replaces the draft of a process that was killed, and follows no link in its place", async () => {
    const layout = scratchLayout();
    layout.add(writeImage(layout, "x"), "1");
    writeFileSync(join(layout.directory, ".index.json.plimsoll"), "half");
    await rewriteIndex(layout.directory, () => []);
    expect(readdirSync(layout.directory).toSorted()).toEqual(["blobs", "index.json", "oci-layout"]);
  });
});

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

const NO_MOUNT = "mounting is not allowed here";

/** A file system of its own, of 64 KiB; undefined where mounting is not allowed. */
function mountSmall(): string | undefined {
  const directory = join(scratchDirectory(), "mounted");
  mkdirSync(directory);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=755", "plimsoll-test", directory], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}

describe("a removal that cannot be written is an outcome, and changes nothing", () => {
  const damages: [string, (directory: string) => void, string, RegExp][] = [
    [
      "read-only",
      (at) => void execFileSync("mount", ["-o", "remount,ro", at]),
      "refused",
      /read-only/,
    ],
    ["full", fill, "failed", /no space left/],
  ];

  test.for(damages)("%s", async ([, damage, outcome, detail], { skip }) => {
    const directory = mountSmall() ?? skip(NO_MOUNT);
    const layout = new LayoutWriter(join(directory, "app"));
    const [leaving, staying] = [writeImage(layout, "leaving"), writeImage(layout, "staying")];
    layout.add(leaving, "1").add(staying, "2");
    const before = readFileSync(join(layout.directory, "index.json"), "utf8");
    damage(directory);
    const remover = createLayoutRemover({
      directory: layout.directory,
      now: () => MAY.getTime(),
      graceMs: 0,
      signal,
    });
    expect(await remover.deleteImage(leaving.digest, ["localhost/app:1"])).toMatchObject({
      outcome,
      detail: expect.stringMatching(detail),
    });
    expect(readFileSync(join(layout.directory, "index.json"), "utf8")).toBe(before);
  });
});

test("a sweep needs no space, so that it works on a full disk", async ({ skip }) => {
  const directory = mountSmall() ?? skip(NO_MOUNT);
  const layout = new LayoutWriter(join(directory, "app"));
  const orphan = layout.layer("orphan", 100, MAY).descriptor;
  fill(directory);
  const remover = createLayoutRemover({
    directory: layout.directory,
    now: Date.now,
    graceMs: 1,
    signal,
  });
  expect(await remover.sweep()).toEqual([orphan.digest]);
});

function fill(directory: string): void {
  for (let at = 0; ; at += 1) {
    try {
      writeFileSync(join(directory, `filler-${at}`), Buffer.alloc(4096));
    } catch {
      return;
    }
  }
}
