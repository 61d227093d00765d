import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { LayerTarError, readLayerTar } from "./layer-tar.ts";

const HEADER = { type: 2, payload: Buffer.from("header ").toString("base64") };
const END = { type: 2, payload: Buffer.from(" end").toString("base64") };

/** A layer with the file `a/b` of eight bytes, and these lines. */
function makeLayer(lines: readonly object[]): { tarSplit: string; files: string } {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-layer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = join(folder, "diff");
  mkdirSync(join(files, "a"), { recursive: true });
  writeFileSync(join(files, "a/b"), "the file");
  const tarSplit = join(folder, "tar-split.json.gz");
  writeFileSync(tarSplit, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  return { tarSplit, files };
}

async function read({ tarSplit, files }: { tarSplit: string; files: string }): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readLayerTar(tarSplit, files)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

test("files are put between what else the tar has", async () => {
  const empty = { type: 1, name: "a/.wh.gone", payload: "AAAAAAAAAAA=" };
  const layer = makeLayer([HEADER, { type: 1, name: "./a/b", size: 8 }, empty, END]);
  expect(await read(layer)).toBe("header the file end");
  expect(await read(makeLayer([]))).toBe("");
});

test("files larger than a piece come whole", async () => {
  const layer = makeLayer([HEADER, { type: 1, name: "a/large", size: 2_700_001 }, END]);
  writeFileSync(join(layer.files, "a/large"), "x".repeat(2_700_001));
  expect(await read(layer)).toBe(`header ${"x".repeat(2_700_001)} end`);
});

test.each([
  ["of another size", { type: 1, name: "a/b", size: 7 }],
  ["that is not there", { type: 1, name: "a/c", size: 8 }],
  ["that is a folder", { type: 1, name: "a", size: 8 }],
  ["that is a link", { type: 1, name: "link", size: 8 }],
  ["behind a link that leads out", { type: 1, name: "out/b", size: 8 }],
  ["whose name leads out", { type: 1, name: "../outside", size: 8 }],
  ["whose name is no text", { type: 1, name_raw: "/w==", size: 8 }],
  ["of an unknown kind", { type: 3 }],
])("a file %s ends it", async (_what, line) => {
  const layer = makeLayer([HEADER, line]);
  const outside = join(layer.files, "../elsewhere");
  mkdirSync(outside);
  writeFileSync(join(outside, "b"), "the file");
  writeFileSync(join(layer.files, "../outside"), "the file");
  symlinkSync(outside, join(layer.files, "out"));
  symlinkSync("a/b", join(layer.files, "link"));
  const reading = read(layer);
  await expect(reading).rejects.toThrow(LayerTarError);
  await expect(reading).rejects.toMatchObject({ kind: "corrupt" });
});

test("a description that is cut off, or not there, ends it", async () => {
  const layer = makeLayer([HEADER, { type: 1, name: "a/b", size: 8 }, END]);
  truncateSync(layer.tarSplit, 30);
  await expect(read(layer)).rejects.toThrow(LayerTarError);
  rmSync(layer.tarSplit);
  await expect(read(layer)).rejects.toThrow(LayerTarError);
});
