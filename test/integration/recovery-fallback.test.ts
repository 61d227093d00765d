import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { nextChainId } from "../../src/docker/layers/layer-chain.ts";
import { SavedImageContent } from "../../src/docker/content/save-content.ts";
import { StoredLayerContent } from "../../src/docker/content/stored-layer-content.ts";
import { StoredLayers } from "../../src/docker/content/stored-layers.ts";
import { openRecoveryBin } from "../../src/layout/recovery-bin.ts";
import type { ImageContentReader } from "../../src/ports/image-content.ts";
import type { RemovedImage } from "../../src/ports/recovery-bin.ts";
import { archiveImage } from "../../src/recovery/archive-image.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { comesBack, configImage, noise, type MadeImage } from "../fixtures/bin-images.ts";

/** One file, so that a layer's tar is nothing but its content. */
const FILE = "file";
const { signal } = new AbortController();

/** A data root as Docker has it with overlay2, with this image in it. */
function makeRoot({ id, form, parts }: MadeImage): {
  root: string;
  fileOf(index: number): string;
} {
  const root = scratchFolder();
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const bytesOf = (digest: string): Buffer =>
    parts.find((part) => part.digest === digest)?.bytes ?? Buffer.alloc(0);
  put(`image/overlay2/imagedb/content/${id.replace(":", "/")}`, bytesOf(id));
  const diffIds = form.kind === "config" ? form.diffIds : [];
  let below: string | undefined;
  for (const [index, diffId] of diffIds.entries()) {
    below = nextChainId(below, diffId);
    const folder = `image/overlay2/layerdb/${below.replace(":", "/")}`;
    const bytes = bytesOf(diffId);
    put(`${folder}/cache-id`, `layer${index}`);
    const line = JSON.stringify({ type: 1, name: FILE, size: bytes.length });
    put(`${folder}/tar-split.json.gz`, gzipSync(`${line}\n`));
    put(`overlay2/layer${index}/diff/${FILE}`, bytes);
  }
  return { root, fileOf: (index) => join(root, `overlay2/layer${index}/diff/${FILE}`) };
}

/** A reader by the engine's save, which tells what it was asked for. */
function savedBy(image: MadeImage): ImageContentReader & { saves: number } {
  const saved = {
    saves: 0,
    formOf: () => Promise.resolve(image.form),
    async *readContent() {
      saved.saves += 1;
      for (const { kind, digest, bytes } of image.parts)
        yield {
          kind,
          digest,
          chunks: (async function* () {
            yield bytes;
          })(),
        };
    },
  };
  return saved;
}

function diffIdsOf({ form }: MadeImage): readonly string[] {
  return form.kind === "config" ? form.diffIds : [];
}

function removed({ id }: MadeImage): RemovedImage {
  return {
    id,
    references: ["docker.io/library/app:1"],
    repoDigests: [],
    targetKey: "engine:test",
    targetName: "test",
    planId: "sha256:plan",
    removedAt: "2026-11-21T12:00:00Z",
  };
}

describe("layers from the data root", () => {
  const image = configImage("app", [noise("base", 300_000), noise("own", 5000)]);
  const other = configImage("other", [noise("base", 300_000), noise("another", 5000)]);

  async function archived(spoil: (made: ReturnType<typeof makeRoot>) => void) {
    const made = makeRoot(image);
    spoil(made);
    const saved = savedBy(image);
    const reader = new StoredLayerContent(new StoredLayers(made.root), saved);
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), Date.now);
    const { entry } = await archiveImage(
      { image: removed(image), blobs: [] },
      { reader, bin },
      signal,
    );
    const back = await comesBack(bin, entry);
    for (const { digest, bytes } of image.parts) expect(back.get(digest)).toEqual(bytes);
    expect(await bin.verify(signal)).toEqual([]);
    return { bin, saves: saved.saves };
  }

  test("nothing is saved where they are what they should be", async () => {
    expect(await archived(() => undefined)).toMatchObject({ saves: 0 });
  });

  test.each([
    ["other bytes", (file: string) => writeFileSync(file, noise("changed", 5000))],
    ["another size", (file: string) => writeFileSync(file, "short")],
  ])("one of %s is taken from a save", async (_what, spoil) => {
    expect(await archived(({ fileOf }) => spoil(fileOf(1)))).toMatchObject({ saves: 1 });
    expect(await archived(({ fileOf }) => spoil(fileOf(0)))).toMatchObject({ saves: 1 });
  });

  test("one that must never be saved stays where it is when its files are damaged", async () => {
    const layers = [noise("twice", 9000), noise("own", 5000), noise("twice", 9000)];
    const repeated = configImage("repeated", layers);
    const asked: string[] = [];
    const saved = new SavedImageContent(
      {
        address: "unix:///engine",
        getJson: async <T>() => ({ RootFS: { Layers: diffIdsOf(repeated) } }) as T,
        async *download(method, path) {
          asked.push(`${method} ${path}`);
          yield* [];
        },
      },
      {
        product: "docker",
        version: "28.5.2",
        apiVersion: "1.51",
        imageStore: "graphdriver",
        rootDir: "/",
      },
    );
    const archiveFrom = async (made: ReturnType<typeof makeRoot>) => {
      const reader = new StoredLayerContent(new StoredLayers(made.root), saved);
      const bin = await openRecoveryBin(join(scratchFolder(), "bin"), Date.now);
      const archivable = { image: removed(repeated), blobs: [] };
      const archiving = archiveImage(archivable, { reader, bin }, signal);
      return { bin, archiving };
    };
    const whole = await archiveFrom(makeRoot(repeated));
    const back = await comesBack(whole.bin, (await whole.archiving).entry);
    for (const { digest, bytes } of repeated.parts) expect(back.get(digest)).toEqual(bytes);

    const spoilt = makeRoot(repeated);
    writeFileSync(spoilt.fileOf(1), noise("changed", 5000));
    const { bin, archiving } = await archiveFrom(spoilt);
    await expect(archiving).rejects.toThrow(/same layer twice/);
    expect(await bin.entries()).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("an image that is not there is saved", async () => {
    const saved = savedBy(other);
    const reader = new StoredLayerContent(new StoredLayers(makeRoot(image).root), saved);
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), Date.now);
    await archiveImage({ image: removed(other), blobs: [] }, { reader, bin }, signal);
    expect(saved.saves).toBe(1);
  });

  test("only what the bin lacks is read", async () => {
    const { bin } = await archived(() => undefined);
    const made = makeRoot(other);
    // The layer that both have could not be read any more.
    writeFileSync(made.fileOf(0), "");
    const saved = savedBy(other);
    const reader = new StoredLayerContent(new StoredLayers(made.root), saved);
    const { addedBytes } = await archiveImage(
      { image: removed(other), blobs: [] },
      { reader, bin },
      signal,
    );
    expect(saved.saves).toBe(0);
    expect(addedBytes).toBeLessThan(10_000);
  });
});
