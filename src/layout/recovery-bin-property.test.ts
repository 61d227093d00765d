import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  archive,
  comesBack,
  configImage,
  manifestImage,
  noise,
  partOf,
  type MadeImage,
} from "../../test/fixtures/bin-images.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const clock = (): number => Date.parse("2026-11-21T12:00:00Z");
const LAYERS = Array.from({ length: 5 }, (_, at) => noise(`layer ${at}`, 1500));

const image = fc.record({
  kind: fc.constantFrom("config", "manifest"),
  name: fc.constantFrom("one", "two", "three"),
  layers: fc.array(fc.nat({ max: LAYERS.length - 1 }), { maxLength: 4 }),
});
type Shape = typeof image extends fc.Arbitrary<infer T> ? T : never;

function made({ kind, name, layers }: Shape): MadeImage {
  const make = kind === "config" ? configImage : manifestImage;
  return make(
    name,
    layers.map((at) => LAYERS[at] ?? Buffer.of()),
  );
}

/** `which`: of what is there then, counted round and round. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("archive" as const), image }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("put" as const), image }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pin" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Known {
  readonly image: MadeImage;
  pinned: boolean;
}

class TwoBins {
  readonly directory = join(scratchFolder(), "bin");
  readonly model = new Map<string, Known>();
  readonly #bins: [RecoveryBin, RecoveryBin];

  private constructor(directory: string, bins: [RecoveryBin, RecoveryBin]) {
    this.directory = directory;
    this.#bins = bins;
  }

  static async open(): Promise<TwoBins> {
    const directory = join(scratchFolder(), "bin");
    const open = (): Promise<RecoveryBin> => openRecoveryBin(directory, clock);
    return new TwoBins(directory, [await open(), await open()]);
  }

  bin(at: number): RecoveryBin {
    return this.#bins[at === 0 ? 0 : 1];
  }

  async take(at: number, step: Step): Promise<void> {
    const bin = this.bin(at);
    const chosen = "which" in step ? this.#pick(step.which) : undefined;
    switch (step.kind) {
      case "archive": {
        const image = made(step.image);
        const { key } = await archive(bin, image);
        this.model.set(key, { image, pinned: false });
        return;
      }
      case "put":
        for (const part of made(step.image).parts) await bin.put(partOf(part));
        return;
      case "remove":
        if (chosen === undefined) return;
        this.model.delete(chosen[0]);
        await bin.remove([chosen[0]]);
        return;
      case "pin":
        if (chosen === undefined) return;
        chosen[1].pinned = !chosen[1].pinned;
        await bin.setPinned(chosen[0], chosen[1].pinned);
        return;
      case "sweep":
        await bin.remove([]);
        return;
      case "reopen":
        this.#bins[at === 0 ? 0 : 1] = await openRecoveryBin(this.directory, clock);
        return;
      default:
        step satisfies never;
    }
  }

  #pick(which: number): [string, Known] | undefined {
    const all = [...this.model];
    return all.length === 0 ? undefined : all[which % all.length];
  }
}

async function expectModel(bins: TwoBins): Promise<void> {
  for (const at of [0, 1]) {
    const bin = bins.bin(at);
    const entries = await bin.entries();
    expect(entries.map(({ key }) => key).toSorted()).toEqual([...bins.model.keys()].toSorted());
    for (const entry of entries) {
      const known = bins.model.get(entry.key);
      expect(entry).toMatchObject({ pinned: known?.pinned, image: { id: known?.image.id } });
      expect(entry.damage).toBeUndefined();
      const back = await comesBack(bin, entry);
      for (const { digest, bytes } of known?.image.parts ?? [])
        expect(back.get(digest)).toEqual(bytes);
    }
  }
}

test("two at once on one directory: what is named comes back, what nothing names goes", async () => {
  const rounds = fc.array(fc.tuple(step, step), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rounds, async (steps) => {
      const bins = await TwoBins.open();
      for (const [first, second] of steps) {
        const taking = bins.take(0, first);
        // Of two that pin at once, either may come last.
        if (first.kind === "pin" && second.kind === "pin") await taking;
        await Promise.all([taking, bins.take(1, second)]);
      }
      await expectModel(bins);
      await bins.bin(0).remove([]);
      await expectModel(bins);
      const needed = new Set((await bins.bin(0).inventory()).images.flatMap(({ blobs }) => blobs));
      const blobs = join(bins.directory, "blobs/sha256");
      const there = existsSync(blobs) ? readdirSync(blobs) : [];
      expect(there.map((name) => `sha256:${name}`).toSorted()).toEqual([...needed].toSorted());
    }),
    { numRuns: 10, endOnFailure: true },
  );
});
