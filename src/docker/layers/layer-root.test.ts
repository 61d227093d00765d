import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLayerRoot } from "./layer-root.ts";

const HEX = "a".repeat(64);

/** A data root with these files below `image/overlay2`. */
async function openRootWith(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-root-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "overlay2"));
  mkdirSync(join(root, "image/overlay2/layerdb/sha256"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, "image/overlay2", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return openLayerRoot(root, "overlay2", undefined);
}

const CONTENT = `imagedb/content/sha256/${HEX}`;
const LAST_UPDATED = `imagedb/metadata/sha256/${HEX}/lastUpdated`;

test("an image with the time at which it was last given a name", async () => {
  const store = await openRootWith({
    [CONTENT]: JSON.stringify({ os: "linux", architecture: "amd64" }),
    [LAST_UPDATED]: "2026-11-21T12:00:00.5+01:00",
  });
  const taggedAt = "2026-11-21T11:00:00.500Z";
  expect(store?.readImage(`sha256:${HEX}`)).toMatchObject({ platforms: ["linux/amd64"], taggedAt });
  expect(store?.taggedAt(`sha256:${HEX}`)).toBe(taggedAt);
});

test.each([
  ["is not there", {}],
  ["is cut off", { [CONTENT]: '{"os": "li' }],
  ["is empty", { [CONTENT]: "" }],
])("an image whose configuration %s tells nothing", async (_title, files) => {
  const store = await openRootWith(files);
  expect(store?.readImage(`sha256:${HEX}`)).toBeUndefined();
  expect(store?.taggedAt(`sha256:${HEX}`)).toBeUndefined();
});
