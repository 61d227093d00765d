import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import { MAY, scratchDirectory, writeImage } from "../../test/harness/scratch-layout.ts";
import { createLayoutRemover } from "./layout-remover.ts";

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
