import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  comesBack,
  configImage,
  digestOf,
  manifestImage,
  noise,
  partOf,
  removed,
  type MadeImage,
} from "../../test/fixtures/bin-images.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import type { BinEntry, RecoveryBin, RegistryPart } from "../ports/recovery-bin.ts";
import { blobPath } from "./blob-files.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const clock = (): number => Date.parse("2026-11-21T12:00:00Z");
const { signal } = new AbortController();
const BASE = noise("base", 40_000);
const OWN = noise("own", 5_000);
const shapes = [
  ["config", configImage, "plain"],
  ["manifest", manifestImage, "plain"],
  ["config, encrypted", configImage, "encrypted"],
  ["manifest, encrypted", manifestImage, "encrypted"],
] as const;

const keyFolder = mkdtempSync(join(tmpdir(), "plimsoll-unit-"));
const identityFile = join(keyFolder, "identity");
let recipient: string;
beforeAll(async () => {
  const identity = await generateIdentity();
  writeFileSync(identityFile, `${identity}\n`);
  recipient = await identityToRecipient(identity);
});
afterAll(() => rmSync(keyFolder, { recursive: true, force: true }));

function reopen(directory: string): Promise<RecoveryBin> {
  return openRecoveryBin(directory, clock, identityFile);
}

async function openNew(form: "plain" | "encrypted" = "plain"): Promise<RecoveryBin> {
  const bin = await reopen(join(scratchFolder(), "bin"));
  if (form === "encrypted") await bin.encryption.encrypt([recipient], { signal });
  return bin;
}

/** The base as a registry has it: as it is for a manifest, packed for a configuration. */
function baseAt(image: MadeImage): RegistryPart {
  const digest = digestOf(BASE);
  return {
    digest,
    repository: "registry.test/base",
    blob: image.form.kind === "config" ? digestOf(Buffer.from("packed")) : digest,
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    sizeBytes: BASE.byteLength,
  };
}

async function archiveWithoutBase(bin: RecoveryBin, image: MadeImage): Promise<BinEntry> {
  const part = baseAt(image);
  for (const each of image.parts) if (each.digest !== part.digest) await bin.put(partOf(each));
  return bin.add(removed(image), image.form, { inRegistry: [part] });
}

async function putBase(bin: RecoveryBin, image: MadeImage): Promise<void> {
  const base = image.parts.find(({ digest }) => digest === digestOf(BASE));
  if (base !== undefined) await bin.put(partOf(base));
}

describe.each(shapes)("an image of which a registry has the base (%s)", (_, make, form) => {
  const image = make("app", [BASE, OWN]);

  test("is named without it, and not given out", async () => {
    const bin = await openNew(form);
    const entry = await archiveWithoutBase(bin, image);
    const again = await reopen(bin.location);
    expect(await again.entries()).toEqual([entry]);
    expect(entry.inRegistry).toEqual([baseAt(image)]);
    expect(entry.damage).toBeUndefined();
    expect(entry.storedBytes).toBeLessThan(BASE.byteLength);
    await expect(again.contentOf(entry)).rejects.toThrow(/registry\.test\/base/);
    expect(await again.verify(signal)).toEqual([]);
    const parts = await again.partsOf(entry);
    expect(parts.filter(({ inRegistry }) => inRegistry !== undefined)).toMatchObject([
      { digest: baseAt(image).blob, storedBytes: 0, inRegistry: "registry.test/base" },
    ]);
    const { images } = await again.inventory();
    expect(images[0]?.blobs).not.toContain(baseAt(image).blob);
  });

  test("comes back byte for byte when that has been fetched, which leaves the bin again", async () => {
    const bin = await openNew(form);
    const entry = await archiveWithoutBase(bin, image);
    const later = await reopen(bin.location);
    await later.whileHeld(async () => {
      await putBase(later, image);
      const back = await comesBack(later, entry);
      for (const { digest, bytes } of image.parts) expect(back.get(digest)).toEqual(bytes);
    });
    const { freedBytes } = await later.remove([]);
    expect(freedBytes).toBeGreaterThanOrEqual(BASE.byteLength);
    expect((await reopen(bin.location)).holds(digestOf(BASE))).toBe(false);
    expect(await later.verify(signal)).toEqual([]);
  });

  test("needs no registry where another image has brought the same", async () => {
    const bin = await openNew(form);
    const entry = await archiveWithoutBase(bin, image);
    const other = make("other", [BASE]);
    for (const each of other.parts) await bin.put(partOf(each));
    const whole = await bin.add(removed(other), other.form);
    await bin.remove([]);
    expect((await comesBack(bin, entry)).size).toBe(image.parts.length);
    await bin.remove([whole.key]);
    await expect(bin.contentOf(entry)).rejects.toThrow(/registry\.test\/base/);
  });

  test("is not named where something else is missing as well", async () => {
    const bin = await openNew(form);
    const [first] = image.parts;
    if (first !== undefined) await bin.put(partOf(first));
    const added = bin.add(removed(image), image.form, { inRegistry: [baseAt(image)] });
    await expect(added).rejects.toMatchObject({ kind: "corrupt" });
    expect(existsSync(blobPath(bin.location, digestOf(OWN)))).toBe(false);
  });
});

test("the same image may be there whole and without its base", async () => {
  const image = manifestImage("app", [BASE, OWN]);
  const bin = await openNew();
  const without = await archiveWithoutBase(bin, image);
  await putBase(bin, image);
  const whole = await bin.add(removed(image), image.form);
  await bin.remove([]);
  expect((await comesBack(bin, without)).size).toBe((await comesBack(bin, whole)).size);
  expect(whole.storedBytes - without.storedBytes).toBe(BASE.byteLength);
});
