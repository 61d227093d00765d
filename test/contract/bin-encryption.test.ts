import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { newImage, newLayer, random } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram, startProgram, type ProgramEnd } from "./program.ts";

const NAMES = ["images.test/early:1", "images.test/late:1"] as const;
const [EARLY, LATE] = NAMES;
const KILLS = 3;
/** From the start of the program on: it loads, and then encrypts for some hundredths of a second. */
const MAX_LIFE_MS = 900;

describe.each(enginesToTest())("an encrypted bin: %s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  test("takes images with a recipient alone, and gives them back with an identity alone", async () => {
    const memory = scratchFolder();
    const bin = join(memory, "bin");
    const run = (...args: readonly string[]): Promise<ProgramEnd> =>
      runProgram([...args, "--bin", bin], memory);
    const done = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    };
    const remove = (name: string): Promise<string> =>
      done("rm", name, "--recovery", "archive", "--yes", "-t", target.address);
    const restore = (...more: readonly string[]): Promise<ProgramEnd> =>
      run("restore", ...NAMES, "-t", target.address, ...more);
    const newKey = async (name: string): Promise<{ file: string; recipient: string }> => {
      const identity = await generateIdentity();
      const file = join(memory, name);
      writeFileSync(file, `${identity}\n`);
      return { file, recipient: await identityToRecipient(identity) };
    };
    const own = await newKey("own");
    const other = await newKey("other");

    const base = newLayer();
    await target.load(NAMES.map((name) => newImage([name], [base, newLayer()])));
    const ids = await Promise.all(NAMES.map((name) => target.idOf(name)));
    await remove(EARLY);
    const encrypt = ["bin", "encrypt", "--recipient", own.recipient];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended } = startProgram([...encrypt, "--bin", bin], memory);
      await delay(random.number() * MAX_LIFE_MS);
      child.kill("SIGKILL");
      await ended;
      expect(await done("bin", "verify", "--identity", own.file)).toMatch(/all as it was/);
    }
    await done(...encrypt);
    await remove(LATE);
    const listed = await target.listIds();
    for (const id of ids) expect(listed).not.toContain(id);

    const nothingCame = async ({ code, stderr }: ProgramEnd, reason: RegExp): Promise<void> => {
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
      expect(await target.listIds()).toEqual(listed);
    };
    await nothingCame(await restore(), /no identity is given\n.*PLIMSOLL_BIN_IDENTITY=FILE/);
    await nothingCame(await restore("--identity", other.file), /no identity in \S+ opens it/);
    expect(await done("bin", "verify")).toMatch(/encrypted blobs compared with what was written/);
    const mend = damageBlobs(bin);
    await nothingCame(
      await restore("--identity", own.file),
      /changed or cut off|its checksum|was changed/,
    );
    mend();

    await done("restore", ...NAMES, "-t", target.address, "--identity", own.file);
    for (const [position, name] of NAMES.entries()) {
      expect(await target.idOf(name)).toBe(ids[position]);
      await target.readOut(name);
    }
  });
});

/** Changes a bit in the middle of every encrypted blob; answers how to take that back. */
function damageBlobs(bin: string): () => void {
  const folder = join(bin, "encrypted/sha256");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".age"))
    .map((name) => join(folder, name));
  const flip = (): void => {
    for (const file of files) {
      const bytes = readFileSync(file);
      const at = bytes.byteLength >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
  };
  flip();
  return flip;
}
