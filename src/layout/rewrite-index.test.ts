import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import { scratchLayout, writeImage } from "../../test/harness/scratch-layout.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { IndexFile } from "./index-file.ts";
import { rewriteIndex } from "./rewrite-index.ts";

function without({ entries }: IndexFile, digest: string): readonly JsonObject[] {
  return entries
    .filter(({ descriptor }) => descriptor.digest !== digest)
    .map(({ source }) => source);
}

function listedDigests({ directory }: LayoutWriter): readonly string[] {
  const index: { manifests: { digest: string }[] } = JSON.parse(
    readFileSync(join(directory, "index.json"), "utf8"),
  );
  return index.manifests.map(({ digest }) => digest);
}

describe("rewriting index.json", () => {
  test.each([
    ["in place", (layout: LayoutWriter) => void layout.save()],
    [
      "by a rename",
      (layout: LayoutWriter, file: string) => {
        renameSync(file, `${file}.old`);
        layout.save();
        rmSync(`${file}.old`);
      },
    ],
  ])(
    "never loses an entry that another program adds %s between the look and the rewrite",
    async (_how, save) => {
      const layout = scratchLayout();
      const file = join(layout.directory, "index.json");
      const [leaving, added] = [writeImage(layout, "leaving"), writeImage(layout, "added")];
      layout.add(leaving, "1");
      let looks = 0;
      await rewriteIndex(layout.directory, (index) => {
        looks += 1;
        if (looks === 1) {
          layout.entries.push(added);
          save(layout, file);
        }
        return without(index, leaving.digest);
      });
      expect(looks).toBe(2);
      expect(listedDigests(layout)).toEqual([added.digest]);
    },
  );

  test("never loses an entry that a program adds which had opened the file before the rename", async () => {
    const layout = scratchLayout();
    const file = join(layout.directory, "index.json");
    const [leaving, added] = [writeImage(layout, "leaving"), writeImage(layout, "added")];
    layout.add(leaving, "1");
    const opened = openSync(file, "r+");
    onTestFinished(() => closeSync(opened));
    const writeAfterRename = async () => {
      while (statSync(file).ino === fstatSync(opened).ino) await nextTurn();
      writeSync(
        opened,
        JSON.stringify({ schemaVersion: 2, manifests: [layout.entries[0], added] }),
        0,
      );
    };
    const writing = writeAfterRename();
    await rewriteIndex(layout.directory, (index) => without(index, leaving.digest));
    await writing;
    expect(listedDigests(layout)).toEqual([added.digest]);
  });

  test("waits for a program that writes in place", async () => {
    const layout = scratchLayout();
    const [leaving, staying] = [writeImage(layout, "leaving"), writeImage(layout, "staying")];
    layout.add(leaving, "1").add(staying, "2");
    writeFileSync(join(layout.directory, "index.json"), "");
    setTimeout(() => layout.save(), 60);
    await rewriteIndex(layout.directory, (index) => without(index, leaving.digest));
    expect(listedDigests(layout)).toEqual([staying.digest]);
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
