import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BinEntry, RecoveryBin } from "../../src/ports/recovery-bin.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest, reportNotTested } from "../harness/engine-kinds.ts";
import { randomLayer, type ImageLayer } from "../harness/image-layer.ts";
import { archivingPlan, expectAll, newImage, random } from "./contract-images.ts";
import { openSession, removeMatching, type ContractSession } from "./contract-session.ts";
import type { ContractTarget } from "./contract-target.ts";
import { startEngineTarget } from "./engine-target.ts";
import { startTarget, targetsToTest } from "./every-target.ts";
import { createLayoutTarget } from "./layout-target.ts";
import { noWarning, runProgram, startProgram } from "./program.ts";

const SMALL_DISK_BYTES = 4 * 2 ** 20;
const { signal } = new AbortController();

async function openBin({ recovery }: ContractSession): Promise<RecoveryBin> {
  if (recovery === undefined) throw new Error("nothing can come back");
  return recovery.openBin();
}

function openBeside(target: ContractTarget, binDir: string, memory?: string) {
  const environment = { PLIMSOLL_BIN: binDir };
  return openSession(target.address, { environment, ...(memory === undefined ? {} : { memory }) });
}

async function entryOf(bin: RecoveryBin, id: string): Promise<BinEntry> {
  const entry = (await bin.entries()).find(({ image }) => image.id === id);
  if (entry === undefined) throw new Error(`${id} is not in the bin`);
  return entry;
}

async function removeAll(session: ContractSession) {
  return session.carryOut(archivingPlan(await session.plan(removeMatching({}))));
}

describe("damage in the bin", () => {
  /** Ways in which a disk or somebody spoils a blob; each gets the files of an image's layer and manifest, and of another's. */
  const damages = {
    "a byte in the middle of a layer": ({ layer }: Files) => {
      const bytes = readFileSync(layer);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(layer, bytes);
    },
    "a layer that ends too early": ({ layer }: Files) => truncateSync(layer, 3000),
    "an empty layer": ({ layer }: Files) => truncateSync(layer, 0),
    "the manifest of another image": ({ manifest, otherManifest }: Files) =>
      writeFileSync(manifest, readFileSync(otherManifest)),
    "a layer of another image": ({ layer, otherLayer }: Files) =>
      writeFileSync(layer, readFileSync(otherLayer)),
  };
  interface Files {
    readonly layer: string;
    readonly manifest: string;
    readonly otherLayer: string;
    readonly otherManifest: string;
  }

  test.each(targetsToTest())("is found, named and never loaded: %s", async (kind) => {
    const target = await startTarget(kind);
    onTestFinished(() => target.stop());
    for (const [what, spoil] of Object.entries(damages)) {
      const binDir = join(scratchFolder(), "bin");
      const session = await openBeside(target, binDir);
      await target.load([newImage(["damaged.test/hurt:1"]), newImage(["damaged.test/whole:1"])]);
      const ids = {
        hurt: await target.idOf("damaged.test/hurt:1"),
        whole: await target.idOf("damaged.test/whole:1"),
      };
      expectAll(await removeAll(session), "applied");
      const bin = await openBin(session);
      const fileOf = (digest: string): string => join(binDir, "blobs", ...digest.split(":"));
      const filesOf = async (entry: BinEntry) => {
        const parts = await bin.partsOf(entry);
        const largest = parts.toSorted((a, b) => b.storedBytes - a.storedBytes)[0]?.digest ?? "";
        const manifest = parts.find(({ mediaType }) => mediaType.includes("manifest"))?.digest;
        return { layer: largest, manifest: manifest ?? "" };
      };
      const hurt = await filesOf(await entryOf(bin, ids.hurt));
      const whole = await filesOf(await entryOf(bin, ids.whole));
      spoil({
        layer: fileOf(hurt.layer),
        manifest: fileOf(hurt.manifest),
        otherLayer: fileOf(whole.layer),
        otherManifest: fileOf(whole.manifest),
      });
      const spoilt = what.includes("manifest") ? hurt.manifest : hurt.layer;

      const later = await openBeside(target, binDir);
      const spoiltBin = await openBin(later);
      const found = await spoiltBin.verify(signal);
      expect([what, found.map(({ digest }) => digest)]).toEqual([what, [spoilt]]);
      const hurtEntry = await entryOf(spoiltBin, ids.hurt);
      const restoring = async () => later.recovery?.restore(hurtEntry, signal);
      await expect(restoring()).rejects.toThrow(spoilt);
      expect([what, await target.listIds()]).toEqual([what, new Set()]);
      await later.recovery?.restore(await entryOf(spoiltBin, ids.whole), signal);
      expect(await target.listIds()).toEqual(new Set([ids.whole]));
      await target.readOut("damaged.test/whole:1");
      await target.removeName("damaged.test/whole:1");
    }
  });
});

/** A file system of its own; undefined where mounting is not allowed. */
function mountSmall(): string | undefined {
  const directory = join(scratchFolder(), "mounted");
  mkdirSync(directory);
  const options = `size=${SMALL_DISK_BYTES},mode=755`;
  try {
    const args = ["-t", "tmpfs", "-o", options, "plimsoll-test", directory];
    execFileSync("mount", args, { stdio: "ignore" });
  } catch {
    reportNotTested("a bin on a full disk", "mounting is not allowed here");
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}

describe("a bin on a full disk", () => {
  test.each(targetsToTest())("%s: what has no room stays, and the rest is kept", async (kind) => {
    const directory = mountSmall();
    if (directory === undefined) return;
    const target = await startTarget(kind);
    onTestFinished(() => target.stop());
    const large = randomLayer(random, { files: 1, fileBytes: 2 * SMALL_DISK_BYTES });
    await target.load([
      newImage(["full.test/small:1"]),
      newImage(["full.test/large:1"], [large]),
      newImage(["full.test/small:2"]),
    ]);
    const largeId = await target.idOf("full.test/large:1");
    const session = await openBeside(target, join(directory, "bin"));
    const plan = archivingPlan(await session.plan(removeMatching({})));
    const report = await session.carryOut(plan);
    const told = report.outcomes.map(({ index, state, detail }) => ({
      state,
      detail: plan.actions[index]?.subject === largeId ? detail : "",
    }));
    expect(told.toSorted((a, b) => (a.state < b.state ? -1 : 1))).toEqual([
      { state: "applied", detail: "" },
      { state: "applied", detail: "" },
      { state: "failed", detail: expect.stringMatching(/no way back.*(full|no space|room)/i) },
    ]);
    expect(await target.listNames()).toEqual(["full.test/large:1"]);
    await target.readOut("full.test/large:1");
    const bin = await openBin(session);
    expect(await bin.verify(signal)).toEqual([]);
    for (const entry of await bin.entries()) await session.recovery?.restore(entry, signal);
    expect((await target.listNames()).length).toBe(3);
  });
});

describe("two processes and one bin", () => {
  const images = (name: string, shared: ImageLayer) =>
    Array.from({ length: 12 }, (_, n) => newImage([`${name}.test/app:${n}`], [shared]));
  const startRemoving = (target: ContractTarget, memory: string, binDir: string) =>
    startProgram(
      [
        "prune",
        "--all",
        "--force",
        "--beyond-limits",
        "--recovery=archive",
        `--bin=${binDir}`,
        `--target=${target.address}`,
      ],
      memory,
    );

  test("archive at once what two targets share", async () => {
    const [kind] = enginesToTest(["docker-latest"]);
    const one = kind === undefined ? createLayoutTarget() : await startEngineTarget(kind);
    onTestFinished(() => one.stop());
    const two = createLayoutTarget();
    onTestFinished(() => two.stop());
    const shared = randomLayer(random, { files: 4, fileBytes: 1_000_000 });
    await one.load(images("one", shared));
    await two.load(images("two", shared));
    const binDir = join(scratchFolder(), "bin");
    const ends = await Promise.all([
      startRemoving(one, scratchFolder(), binDir).ended,
      startRemoving(two, scratchFolder(), binDir).ended,
    ]);
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ends.map(() => ({ code: 0, stderr: expect.any(String) })),
    );
    expect([...(await one.listNames()), ...(await two.listNames())]).toEqual([]);
    for (const target of [one, two]) {
      const session = await openBeside(target, binDir);
      const bin = await openBin(session);
      const entries = await bin.entries();
      expect(entries).toHaveLength(24);
      expect(await bin.verify(signal)).toEqual([]);
      const key = await session.key();
      for (const entry of entries)
        if (entry.image.targetKey === key) await session.recovery?.restore(entry, signal);
      expect(await target.listNames()).toHaveLength(12);
      for (const name of await target.listNames()) await target.readOut(name);
    }
  });

  test("one archives while the other empties: what goes from the bin was told to go", async () => {
    const [kind] = enginesToTest(["docker-latest"]);
    const target = kind === undefined ? createLayoutTarget() : await startEngineTarget(kind);
    onTestFinished(() => target.stop());
    const shared = randomLayer(random, { files: 4, fileBytes: 500_000 });
    await target.load(images("one", shared));
    const ids = await target.listIds();
    const [memory, binDir] = [scratchFolder(), join(scratchFolder(), "bin")];
    const removing = startRemoving(target, memory, binDir);
    const emptied = new Set<string>();
    while (removing.child.exitCode === null) {
      const { stdout, stderr, code } = await runProgram(
        ["bin", "empty", "--all", "--yes", "--json", "--bin", binDir],
        scratchFolder(),
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: noWarning() });
      const { removed } = JSON.parse(stdout) as { removed: readonly BinEntry[] };
      for (const { image } of removed) emptied.add(image.id);
    }
    expect((await removing.ended).code).toBe(0);
    expect(await target.listNames()).toEqual([]);
    const session = await openBeside(target, binDir);
    const bin = await openBin(session);
    expect(await bin.verify(signal)).toEqual([]);
    const entries = await bin.entries();
    const accounted = new Set([...emptied, ...entries.map(({ image }) => image.id)]);
    expect(accounted).toEqual(ids);
    for (const entry of entries) await session.recovery?.restore(entry, signal);
    for (const name of await target.listNames()) await target.readOut(name);
  });
});
