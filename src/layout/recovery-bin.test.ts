import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  archive,
  chunksOf,
  comesBack,
  configImage,
  digestOf,
  indexImage,
  manifestImage,
  noise,
  partOf,
  removed,
} from "../../test/fixtures/bin-images.ts";
import type { Digest } from "../oci/digest.ts";
import { blobPath } from "./blob-files.ts";
import { viewBin } from "./bin-view.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const clock = (): number => NOW_MS;
const layer = (seed: string, sizeBytes = 5000): Buffer => noise(seed, sizeBytes);
const makers = [
  ["config", configImage],
  ["manifest", manifestImage],
] as const;

function openNew() {
  const directory = join(scratchFolder(), "bin");
  return openRecoveryBin(directory, clock);
}

function damage(location: string, digest: Digest): void {
  const path = blobPath(location, digest);
  const bytes = readFileSync(path);
  bytes[bytes.byteLength >> 1] = (bytes[bytes.byteLength >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function filesIn(location: string): readonly string[] {
  return readdirSync(location, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("an image in the bin", () => {
  test.for(makers)("comes back byte for byte (%s)", async ([, make]) => {
    const image = make("app", [layer("base"), layer("app"), layer("base")]);
    const bin = await openNew();
    const entry = await archive(bin, image, { keepMs: 5, createdAt: "2026-01-01T00:00:00Z" });
    const again = await openRecoveryBin(bin.location, clock);
    expect(await again.entries()).toEqual([entry]);
    expect(entry.image).toEqual(removed(image, { keepMs: 5, createdAt: "2026-01-01T00:00:00Z" }));
    const back = await comesBack(again, entry);
    for (const { digest, bytes } of image.parts) expect(back.get(digest)).toEqual(bytes);
  });

  test.for(makers)("shares what another one has (%s)", async ([, make]) => {
    const bin = await openNew();
    await archive(bin, make("one", [layer("base"), layer("one")]));
    const second = make("two", [layer("base"), layer("two")]);
    const [base] = second.parts.filter(({ bytes }) => bytes.equals(layer("base")));
    expect(bin.holds(base?.digest ?? "")).toBe(true);
    const entry = await archive(bin, second);
    const parts = await bin.partsOf(entry);
    const shared = parts.filter(({ sharedWith }) => sharedWith.length > 0);
    expect(shared.map(({ storedBytes }) => storedBytes)).toHaveLength(1);
  });

  test("is for its owner only, whatever the umask", async () => {
    const bin = await openNew();
    const before = process.umask(0o277);
    onTestFinished(() => void process.umask(before));
    await archive(bin, manifestImage("app", [layer("app")]));
    for (const file of filesIn(bin.location)) expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const directory of ["", "blobs", "blobs/sha256"])
      expect(statSync(join(bin.location, directory)).mode & 0o777).toBe(0o700);
  });

  test("is not named while something of it is missing", async () => {
    const bin = await openNew();
    const image = manifestImage("app", [layer("app"), layer("more")]);
    const [manifest, config, first] = image.parts.map(partOf);
    for (const part of [manifest, config, first]) if (part !== undefined) await bin.put(part);
    await expect(bin.add(removed(image), image.form)).rejects.toMatchObject({ kind: "corrupt" });
    expect(await bin.entries()).toEqual([]);
  });

  test("keeps what is attached to it", async () => {
    const bin = await openNew();
    const image = manifestImage("app", [layer("app")]);
    const signature = manifestImage("signature", [layer("signature")]);
    for (const part of [...image.parts, ...signature.parts]) await bin.put(partOf(part));
    const form = { kind: "manifest", root: image.id, attached: [signature.id] } as const;
    const entry = await bin.add(removed(image), form);
    expect(entry.form).toEqual(form);
    const again = await openRecoveryBin(bin.location, clock);
    const back = await comesBack(again, entry);
    expect([...back.keys()].toSorted()).toEqual(
      [...image.parts, ...signature.parts].map(({ digest }) => digest).toSorted(),
    );
  });
});

describe("content", () => {
  test.for(["blob", "layer"] as const)(
    "that is not what it is said to be is not named: %s",
    async (kind) => {
      const bin = await openNew();
      await bin.whileHeld(async () => {});
      const before = filesIn(bin.location);
      const digest = digestOf(layer("said"));
      const put = bin.put({ kind, digest, chunks: chunksOf(layer("sent")) });
      await expect(put).rejects.toMatchObject({ kind: "corrupt", file: digest });
      expect(bin.holds(digest)).toBe(false);
      expect(filesIn(bin.location).filter((file) => !file.endsWith(".lock"))).toEqual(
        before.filter((file) => !file.endsWith(".lock")),
      );
    },
  );

  test.for(["blob", "layer"] as const)(
    "whose source breaks leaves nothing, and the source's own error: %s",
    async (kind) => {
      const bin = await openNew();
      const broken = Object.assign(new Error("the engine has gone"), { code: "ECONNRESET" });
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield* chunksOf(layer("half"));
        throw broken;
      }
      await expect(bin.put({ kind, chunks: chunks() })).rejects.toBe(broken);
      expect(readdirSync(join(bin.location, "blobs/sha256"))).toEqual([]);
    },
  );

  test("of a file on the same file system is linked", async () => {
    const bin = await openNew();
    const bytes = layer("linked");
    const file = join(scratchFolder(), "blob");
    writeFileSync(file, bytes);
    await bin.put({ kind: "blob", digest: digestOf(bytes), chunks: chunksOf(bytes), file });
    expect(statSync(file).nlink).toBe(2);
    expect(readdirSync(join(bin.location, "blobs/sha256"))).toHaveLength(1);
    const wrong = {
      kind: "blob",
      digest: digestOf(layer("other")),
      chunks: chunksOf(bytes),
      file,
    } as const;
    await expect(bin.put(wrong)).rejects.toMatchObject({ kind: "corrupt" });
    expect(statSync(file).nlink).toBe(2);
  });
});

describe("damage", () => {
  test.for(makers)("of a blob is found, named and never given out (%s)", async ([, make]) => {
    const bin = await openNew();
    const entry = await archive(bin, make("app", [layer("app", 60_000)]));
    const [largest] = (await bin.partsOf(entry)).toSorted((a, b) => b.storedBytes - a.storedBytes);
    const digest = largest?.digest ?? "";
    damage(bin.location, digest);
    const again = await openRecoveryBin(bin.location, clock);
    const { signal } = new AbortController();
    expect(await again.verify(signal)).toEqual([
      { digest, detail: expect.stringMatching(/digest sha256:/), keys: [entry.key] },
    ]);
    await expect(comesBack(again, entry)).rejects.toMatchObject({ kind: "corrupt" });
  });

  test.for(makers)(
    "is healed by the next image that has the same content (%s)",
    async ([, make]) => {
      const bin = await openNew();
      const first = await archive(bin, make("one", [layer("base", 60_000)]));
      const [base] = (await bin.partsOf(first)).toSorted((a, b) => b.storedBytes - a.storedBytes);
      damage(bin.location, base?.digest ?? "");

      const later = await openRecoveryBin(bin.location, clock);
      const second = make("two", [layer("base", 60_000), layer("two")]);
      await expect(archive(later, second)).rejects.toMatchObject({ kind: "corrupt" });
      expect(await later.entries()).toHaveLength(1);
      const entry = await archive(later, second);
      expect((await comesBack(later, entry)).size).toBe(second.parts.length);
      expect(await later.verify(new AbortController().signal)).toEqual([]);
      expect((await comesBack(later, first)).size).toBeGreaterThan(1);
    },
  );

  test.for(makers)("by a wrong size is not believed in (%s)", async ([, make]) => {
    const bin = await openNew();
    const image = make("app", [layer("app", 60_000)]);
    const entry = await archive(bin, image);
    const [largest] = (await bin.partsOf(entry)).toSorted((a, b) => b.storedBytes - a.storedBytes);
    const path = blobPath(bin.location, largest?.digest ?? "");
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    const again = await openRecoveryBin(bin.location, clock);
    const part = image.parts.find(({ bytes }) => bytes.byteLength === 60_000);
    expect(again.holds(part?.digest ?? "")).toBe(false);
    expect(await again.entries()).toMatchObject([{ damage: expect.stringMatching(/cut off/) }]);
    await archive(again, image);
    const whole = await openRecoveryBin(bin.location, clock);
    expect((await whole.entries()).map(({ damage }) => damage)).toEqual([undefined, undefined]);
  });

  test("of one image's documents does not hide the others", async () => {
    const bin = await openNew();
    const lost = await archive(bin, manifestImage("lost", [layer("lost")]));
    await archive(bin, manifestImage("whole", [layer("whole")]));
    damage(bin.location, lost.image.id);
    const again = await openRecoveryBin(bin.location, clock);
    expect((await again.entries()).map(({ damage }) => damage === undefined)).toEqual([
      false,
      true,
    ]);
    const found = await again.entries();
    await expect(again.contentOf(found[0] ?? lost)).rejects.toThrow(/content that its name says/);
    // What the damaged document stands on is unknown, so that nothing goes until its entry does.
    expect(await again.remove([])).toMatchObject({ freedBytes: 0, postponed: expect.any(String) });
    expect((await again.remove([lost.key])).freedBytes).toBeGreaterThan(5000);
  });
});

describe("removal", () => {
  test("frees at once what no other image needs, and what was left over", async () => {
    const bin = await openNew();
    const shared = layer("base");
    const one = await archive(bin, manifestImage("one", [shared, layer("one", 3000)]));
    await archive(bin, manifestImage("two", [shared]));
    writeFileSync(join(bin.location, "blobs/sha256/.unfinished-1"), "left over");
    await bin.put(partOf(manifestImage("never named", []).parts[0] ?? unreachable()));
    const { freedBytes, postponed } = await bin.remove([one.key]);
    expect(postponed).toBeUndefined();
    expect(freedBytes).toBeGreaterThan(3000);
    expect(freedBytes).toBeLessThan(5000);
    expect(readdirSync(join(bin.location, "blobs/sha256"))).toHaveLength(3);
    expect((await bin.remove([])).freedBytes).toBe(0);
  });

  test("is not kept from it by platforms that an image never had", async () => {
    const bin = await openNew();
    const platforms = ["one", "two"].map((name) => manifestImage(name, [layer(name)]));
    const image = indexImage(platforms, 1);
    const entry = await archive(bin, image);
    const other = await archive(bin, manifestImage("other", [layer("other")]));
    expect((await bin.remove([other.key])).freedBytes).toBeGreaterThan(5000);
    expect((await comesBack(bin, entry)).size).toBe(image.parts.length);
    expect(await bin.verify(new AbortController().signal)).toEqual([]);
    expect((await bin.entries()).map(({ damage }) => damage)).toEqual([undefined]);
  });

  test("leaves alone what others have put there", async () => {
    const directory = join(scratchFolder(), "bin");
    const bin = await openRecoveryBin(directory, clock);
    const foreign = manifestImage("foreign", [layer("foreign")]);
    for (const part of foreign.parts) await bin.put(partOf(part));
    const index = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as object;
    const [manifest] = foreign.parts;
    const size = manifest?.bytes.byteLength;
    const manifests = [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: foreign.id,
        size,
        extra: 1,
      },
    ];
    writeFileSync(join(directory, "index.json"), JSON.stringify({ ...index, manifests }));
    const entry = await archive(bin, manifestImage("ours", [layer("foreign"), layer("ours")]));
    await bin.setPinned(entry.key, true);
    expect(await bin.entries()).toMatchObject([{ key: entry.key, pinned: true }]);
    await bin.remove([entry.key]);
    expect(await bin.entries()).toEqual([]);
    const after = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as object;
    expect(after).toMatchObject({ manifests });
    for (const { digest } of foreign.parts) expect(bin.holds(digest)).toBe(true);
  });

  test("waits for whoever is putting an image by", async () => {
    const bin = await openNew();
    const other = await openRecoveryBin(bin.location, clock);
    const image = manifestImage("app", [layer("app")]);
    await bin.whileHeld(async () => {
      for (const part of image.parts) await bin.put(partOf(part));
      expect(await other.remove([])).toEqual({
        freedBytes: 0,
        postponed: "another Plimsoll is putting images into the bin",
      });
      await bin.add(removed(image), image.form);
    });
    expect(await other.remove([])).toEqual({ freedBytes: 0 });
    expect(await other.entries()).toHaveLength(1);
  });
});

describe("a directory", () => {
  test("full of other things is refused", async () => {
    const directory = scratchFolder();
    writeFileSync(join(directory, "thesis.tex"), "");
    for (const open of [openRecoveryBin, viewBin])
      await expect(open(directory, clock)).rejects.toMatchObject({ kind: "not-a-layout" });
    expect(readdirSync(directory)).toEqual(["thesis.tex"]);
  });

  test("that was half made is completed", async () => {
    const directory = scratchFolder();
    mkdirSync(join(directory, "blobs"));
    writeFileSync(join(directory, "index.json.new"), "{");
    const bin = await openRecoveryBin(directory, clock);
    expect(await bin.entries()).toEqual([]);
    await archive(bin, manifestImage("app", [layer("app")]));
    expect(await bin.entries()).toHaveLength(1);
    expect(existsSync(join(directory, "oci-layout"))).toBe(true);
  });

  test("that does not exist is an empty bin, and not made by looking", async () => {
    const directory = join(scratchFolder(), "above", "bin");
    const bin = await openRecoveryBin(directory, clock);
    expect(await bin.entries()).toEqual([]);
    expect((await bin.inventory()).images).toEqual([]);
    expect(await bin.verify(new AbortController().signal)).toEqual([]);
    expect(await bin.remove([])).toEqual({ freedBytes: 0 });
    expect(bin.holds(digestOf(layer("app")))).toBe(false);
    expect(existsSync(join(directory, ".."))).toBe(false);
    const other = await openRecoveryBin(directory, clock);
    await archive(other, manifestImage("app", [layer("app")]));
    expect(await bin.entries()).toHaveLength(1);
  });

  test("opened by two at once keeps what the faster one has put there", async () => {
    const directory = join(scratchFolder(), "bin");
    const bins = await Promise.all([1, 2, 3].map(() => openRecoveryBin(directory, clock)));
    await Promise.all(
      bins.map((bin, at) => archive(bin, manifestImage(`app ${at}`, [layer("base")]))),
    );
    for (const bin of bins) expect(await bin.entries()).toHaveLength(3);
  });
});

function unreachable(): never {
  throw new Error("an image without a manifest");
}
