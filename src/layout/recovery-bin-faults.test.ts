import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test, vi } from "vitest";

import { disk } from "../../test/fakes/faulty-disk.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  archive,
  comesBack,
  configImage,
  manifestImage,
  noise,
  type MadeImage,
} from "../../test/fixtures/bin-images.ts";
import { runSeed, SeededRandom } from "../../test/harness/seeded-random.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import { openRecoveryBin } from "./recovery-bin.ts";
import { UNFINISHED_PREFIX } from "./blob-draft.ts";
import { blobPath } from "./blob-files.ts";

vi.mock("node:fs/promises", async (original) => {
  const { faultyFs } = await import("../../test/fakes/faulty-disk.ts");
  return faultyFs(await original());
});

const clock = (): number => Date.parse("2026-11-21T12:00:00Z");
const { signal } = new AbortController();
const SEED = runSeed();
const ROUNDS = 12;
/** About as many steps as a round takes when nothing fails. */
const STEPS = 75;
const STEPS_WITH_ENCRYPTION = 245;
const base = noise("base", 4000);
const EARLIER = [configImage("one", [base, noise("one", 3000)]), manifestImage("two", [base])];
const LATER = [
  configImage("three", [base, noise("three", 3000)]),
  manifestImage("four", [base, noise("four", 2000)]),
];

/** Where the bin is, and who it is encrypted to while it is used. */
interface Place {
  readonly directory: string;
  readonly recipient: string;
  readonly identityFile: string;
}

/** What has been acknowledged, and what is under way. */
interface Told {
  readonly added: Map<string, MadeImage>;
  readonly removed: Set<string>;
  /** Asked for, and not acknowledged: it may have come to pass or not. */
  readonly doubtful: Set<string>;
}

type Use = (bin: RecoveryBin) => Promise<unknown>;

/** Without encryption, or with some of it on the way. */
function stepsOf(told: Told, encrypting: { readonly recipient: string } | undefined): Use[] {
  const [first] = told.added.keys();
  const { signal } = new AbortController();
  const convert = (use: Use): Use[] => (encrypting === undefined ? [] : [use]);
  return [
    ...convert(({ encryption }) => encryption.encrypt([encrypting?.recipient ?? ""], { signal })),
    async (bin: RecoveryBin) => {
      for (const image of LATER) told.added.set((await archive(bin, image)).key, image);
    },
    async (bin: RecoveryBin) => {
      if (first === undefined) return;
      told.doubtful.add(first);
      await bin.remove([first]);
      told.removed.add(first);
    },
    ...convert(({ encryption }) => encryption.decrypt({ signal })),
    async (bin: RecoveryBin) => {
      for (const image of LATER) told.added.set((await archive(bin, image)).key, image);
    },
  ];
}

async function useWhileFailing(
  { directory, identityFile }: Place,
  steps: readonly Use[],
): Promise<void> {
  for (const step of steps) {
    try {
      await step(await openRecoveryBin(directory, clock, identityFile));
    } catch (error) {
      expect(error).toMatchObject({ kind: expect.stringMatching(/^(full|io)$/) });
    }
  }
}

async function expectWhole({ directory, identityFile }: Place, told: Told): Promise<void> {
  const bin = await openRecoveryBin(directory, clock, identityFile);
  const entries = await bin.entries();
  for (const entry of entries) {
    expect(entry.damage).toBeUndefined();
    const image = [...EARLIER, ...LATER].find(({ id }) => id === entry.image.id);
    const back = await comesBack(bin, entry);
    for (const { digest, bytes } of image?.parts ?? []) expect(back.get(digest)).toEqual(bytes);
  }
  expect(await bin.verify(new AbortController().signal)).toEqual([]);
  const keys = new Set(entries.map(({ key }) => key));
  for (const key of told.added.keys()) if (!told.doubtful.has(key)) expect(keys).toContain(key);
  for (const key of told.removed) expect(keys).not.toContain(key);

  expect((await bin.remove([])).postponed).toBeUndefined();
  const left = readdirSync(directory, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => name.includes(UNFINISHED_PREFIX))).toEqual([]);
  const last = await archive(bin, manifestImage("last", [base]));
  expect((await comesBack(bin, last)).size).toBe(3);
}

async function newPlace(): Promise<Place> {
  const folder = scratchFolder();
  const identity = await generateIdentity();
  const identityFile = join(folder, "key");
  writeFileSync(identityFile, identity);
  const recipient = await identityToRecipient(identity);
  return { directory: join(folder, "bin"), recipient, identityFile };
}

test.for([
  ["one step", "used", STEPS],
  ["every step from one on", "used", STEPS],
  ["one step", "encrypted and decrypted", STEPS_WITH_ENCRYPTION],
  ["every step from one on", "encrypted and decrypted", STEPS_WITH_ENCRYPTION],
] as const)(
  "what is named is whole when %s fails while the bin is %s",
  async ([what, use, steps]) => {
    const isCut = what !== "one step";
    const random = new SeededRandom(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      disk.repair();
      const place = await newPlace();
      const told: Told = { added: new Map(), removed: new Set(), doubtful: new Set() };
      const bin = await openRecoveryBin(place.directory, clock);
      for (const image of EARLIER) told.added.set((await archive(bin, image)).key, image);

      const code = ["ENOSPC", "EDQUOT", "EIO"][Math.floor(random.number() * 3)] ?? "EIO";
      const uses = stepsOf(told, use === "used" ? undefined : place);
      disk.failAt(1 + Math.floor(random.number() * steps), code, isCut);
      await useWhileFailing(place, uses);
      if (isCut) disk.lose(() => random.number() < 0.5);
      disk.repair();
      await expectWhole(place, told);
    }
  },
);

test.for(["plain", "encrypted"] as const)(
  "an image that is put by once more outlasts a power cut, whatever step failed before (%s)",
  async (kind) => {
    const image = manifestImage("small", [base]);
    for (let failing = 1; ; failing += 1) {
      disk.repair();
      const { directory, identityFile, recipient } = await newPlace();
      const open = (): Promise<RecoveryBin> => openRecoveryBin(directory, clock, identityFile);
      if (kind === "encrypted") await (await open()).encryption.encrypt([recipient], { signal });
      disk.failAt(failing, "EIO", false);
      await Promise.allSettled([archive(await open(), image)]);
      if (disk.steps < failing) return;
      // Another process goes on with what it finds there, whose names may not be on disk.
      const { key } = await archive(await open(), image);
      disk.lose(() => true);
      disk.repair();
      const bin = await open();
      const entry = (await bin.entries()).find((each) => each.key === key);
      if (entry === undefined) throw new Error(`lost after step ${failing} failed`);
      const back = await comesBack(bin, entry);
      for (const { digest, bytes } of image.parts) expect(back.get(digest)).toEqual(bytes);
    }
  },
);

test("content that another program has not synced is on disk when an image relies on it", async () => {
  disk.repair();
  const { directory } = await newPlace();
  const image = manifestImage("small", [base]);
  await archive(await openRecoveryBin(directory, clock), image);
  for (const { digest } of image.parts) disk.wrote(blobPath(directory, digest));
  const bin = await openRecoveryBin(directory, clock);
  const entry = await archive(bin, image);
  disk.lose(() => true);
  expect(entry.damage).toBeUndefined();
  expect(await bin.verify(signal)).toEqual([]);
});
