import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { digestOf, noise } from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { VolumeContent, VolumeSpec } from "../ports/volume-content.ts";
import { archiveVolume } from "./archive-volume.ts";
import { openStoredVolume } from "./volume-artifact.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const { signal } = new AbortController();
/** Stands for a tar: nobody looks into it here. */
const TAR = noise("a volume", 700_000);
const SPEC: VolumeSpec = {
  name: "share",
  driver: "local",
  options: { type: "cifs", o: "username=me,password=of-the-share" },
  labels: { of: "somebody" },
};

function volumes(read: () => AsyncIterable<Uint8Array>): VolumeContent {
  const none = (): never => expect.unreachable();
  return {
    preview: none,
    describe: () => Promise.resolve(SPEC),
    read,
    restore: none,
    removeLeftovers: none,
    close: () => Promise.resolve(),
  };
}

async function* whole(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < TAR.byteLength; at += 65_536) yield TAR.subarray(at, at + 65_536);
}

async function* breakingOff(): AsyncGenerator<Uint8Array> {
  yield TAR.subarray(0, 300_000);
  throw new Error("what can be read are fewer bytes");
}

async function put(bin: RecoveryBin, read = whole): Promise<BinEntry> {
  const removed = {
    references: [],
    repoDigests: [],
    targetKey: "engine:1",
    targetName: "default",
    planId: "p1",
    removedAt: new Date(NOW_MS).toISOString(),
  };
  const archivable = { name: "share", sizeBytes: TAR.byteLength, removed };
  return (await archiveVolume(archivable, { volumes: volumes(read), bin }, signal)).entry;
}

function newBin(): Promise<RecoveryBin> {
  return openRecoveryBin(join(scratchFolder(), "bin"), () => NOW_MS);
}

async function readBack(bin: RecoveryBin, entry: BinEntry): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openStoredVolume(bin, entry)).open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe("a volume in the bin", () => {
  test("is an entry like any other, and comes out as it went in", async () => {
    const bin = await newBin();
    const put1 = await put(bin);
    expect(put1.image).toMatchObject({ volume: { name: "share" }, references: [] });
    const reopened = await openRecoveryBin(bin.location, () => NOW_MS);
    const [entry] = await reopened.entries();
    if (entry === undefined) return expect.unreachable();
    expect(entry).toEqual(put1);
    expect(await readBack(reopened, entry)).toEqual(TAR);
    const { spec, digest, sizeBytes } = await openStoredVolume(reopened, entry);
    expect({ spec, digest, sizeBytes }).toEqual({
      spec: SPEC,
      digest: digestOf(TAR),
      sizeBytes: TAR.byteLength,
    });
    expect(await reopened.verify(signal)).toEqual([]);
    await reopened.remove([entry.key]);
    expect(filesIn(join(bin.location, "blobs"))).toEqual([]);
  });

  test("its options are not where everybody looks, and the files are their owner's", async () => {
    const bin = await newBin();
    await put(bin);
    expect(readFileSync(join(bin.location, "index.json"), "utf8")).not.toContain("password");
    for (const file of filesIn(bin.location)) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is closed to others where the bin is encrypted", async () => {
    const identity = await generateIdentity();
    const bin = await newBin();
    await bin.encryption.encrypt([await identityToRecipient(identity)], { signal });
    const entry = await put(bin);
    for (const file of filesIn(bin.location))
      expect(readFileSync(file, "latin1")).not.toContain("of-the-share");
    const keyFile = join(scratchFolder(), "key");
    writeFileSync(keyFile, identity, { mode: 0o600 });
    bin.encryption.useIdentity(keyFile);
    expect(await readBack(bin, entry)).toEqual(TAR);
  });

  test("what breaks off on the way names nothing", async () => {
    const bin = await newBin();
    await expect(put(bin, breakingOff)).rejects.toThrow("fewer bytes");
    expect(await bin.entries()).toEqual([]);
    await bin.remove([]);
    expect(filesIn(join(bin.location, "blobs"))).toEqual([]);
  });

  test("damage is found before the last bytes are given", async () => {
    const bin = await newBin();
    const entry = await put(bin);
    const [largest = ""] = filesIn(join(bin.location, "blobs")).toSorted(
      (a, b) => statSync(b).size - statSync(a).size,
    );
    const bytes = readFileSync(largest);
    bytes[bytes.byteLength - 40] = (bytes[bytes.byteLength - 40] ?? 0) ^ 1;
    writeFileSync(largest, bytes);
    await expect(readBack(bin, entry)).rejects.toThrow("has the digest");
  });
});
