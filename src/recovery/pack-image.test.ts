import { expect, test } from "vitest";
import type { Digest } from "../oci/digest.ts";
import type { StoredContent } from "../ports/image-content.ts";
import { packImage } from "./pack-image.ts";
import { readTar } from "../docker/content/archive-tar.ts";

const CONFIG: Digest = `sha256:${"c".repeat(64)}`;
const LOWER: Digest = `sha256:${"1".repeat(64)}`;
const UPPER: Digest = `sha256:${"2".repeat(64)}`;

const content: StoredContent = {
  form: { kind: "config", config: CONFIG, diffIds: [LOWER, UPPER, LOWER] },
  digestsBelow: async () => [CONFIG, LOWER, UPPER],
  open: (digest) => text(`tar of ${digest}`),
  sizeOf: async (digest) => `tar of ${digest}`.length,
  openPacked: async (digest) =>
    digest === UPPER ? undefined : { sizeBytes: 6, chunks: text("packed") },
};

test("layers are packed where that is asked for and they are stored so, each once", async () => {
  const lower = `${"1".repeat(64)}.tar.zst`;
  const upper = `${"2".repeat(64)}.tar`;
  const files = await filesOf(packImage(content, { layersAs: "packed" }));
  expect([...files.keys()]).toEqual([`${"c".repeat(64)}.json`, lower, upper, "manifest.json"]);
  expect(files.get(lower)).toBe("packed");
  expect(files.get(upper)).toBe(`tar of ${UPPER}`);
  expect(JSON.parse(files.get("manifest.json") ?? "")).toMatchObject([
    { Layers: [lower, upper, lower] },
  ]);
});

test("else they are tars", async () => {
  const files = await filesOf(packImage(content));
  expect(files.get(`${"1".repeat(64)}.tar`)).toBe(`tar of ${LOWER}`);
});

async function filesOf(tar: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, chunks } of readTar(tar)) {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    files.set(name, Buffer.concat(parts).toString("utf8"));
  }
  return files;
}

async function* text(bytes: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(bytes);
}
