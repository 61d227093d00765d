import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";

import { openRecoveryBin } from "../../src/layout/recovery-bin.ts";
import { writeBytes } from "../../src/main/byte-files.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { archive, configImage, noise } from "../fixtures/bin-images.ts";
import { cli, NOW_MS } from "./cli-harness.ts";

const clock = (): number => NOW_MS;

/** A bin with an image, and an identity for it. */
async function binAndKey() {
  const folder = scratchFolder();
  const identity = await generateIdentity();
  const key = join(folder, "key.txt");
  writeFileSync(key, `# public key: nothing reads this\n${identity}\n`);
  const directory = join(folder, "bin");
  await archive(await openRecoveryBin(directory, clock), configImage("app", [noise("app", 9000)]));
  const run = (...args: readonly string[]) =>
    cli(["bin", ...args], { openBin: () => openRecoveryBin(directory, clock), writeBytes });
  return { run, key, folder, recipient: await identityToRecipient(identity) };
}

test("a bin is encrypted, said to be, and decrypted", async () => {
  const { run, key, recipient } = await binAndKey();
  const encrypted = await run("encrypt", "--recipient", recipient);
  expect(encrypted).toMatchObject({ code: 0, stderr: "" });
  expect(encrypted.stdout).toMatch(/^2 blobs of the recovery bin are encrypted\.$/m);
  expect(encrypted.stdout).toContain(`an identity of\n  ${recipient}\nKeep that`);
  expect((await run("list")).stdout).toContain(`\nEncrypted to ${recipient}\n`);
  expect(JSON.parse((await run("list", "--json")).stdout)).toMatchObject({
    recipients: [recipient],
  });

  const again = await run("encrypt");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toMatch(/^Nothing in the recovery bin had to be encrypted\.$/m);

  const decrypted = await run("decrypt", "--identity", key, "--json");
  expect(decrypted).toMatchObject({ code: 0 });
  expect(JSON.parse(decrypted.stdout)).toMatchObject({
    schema: "plimsoll.bin-encryption/1",
    recipients: [],
    converted: 2,
    damaged: [],
  });
  expect((await run("list")).stdout).not.toContain("Encrypted");
});

test("verify tells what it could not look into", async () => {
  const { run, key, recipient } = await binAndKey();
  await run("encrypt", "--recipient", recipient);
  const closed = await run("verify");
  expect(closed.code).toBe(0);
  expect(closed.stdout).toMatch(
    /^2 encrypted blobs compared with what was written, and not opened/m,
  );
  const open = await run("verify", "--identity", key);
  expect(open).toMatchObject({ code: 0, stdout: expect.not.stringContaining("not opened") });
  expect(JSON.parse((await run("verify", "--json")).stdout)).toMatchObject({ unopened: 2 });
});

test("an export needs an identity, and leaves no file without one", async () => {
  const { run, key, folder, recipient } = await binAndKey();
  await run("encrypt", "--recipient", recipient);
  const file = join(folder, "app.tar");
  const closed = await run("export", "app:1", "-o", file);
  expect(closed).toMatchObject({ code: 1, stdout: "" });
  expect(closed.stderr).toMatch(/it is encrypted, and no identity is given\n.*--identity FILE/);
  expect(await run("export", "app:1", "-o", file, "--identity", key)).toMatchObject({ code: 0 });
});

const MISTAKES: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ["no recipient", ["encrypt"], 2, /say who is to read the recovery bin/],
  ["none that is one", ["encrypt", "--recipient", "me"], 1, /--recipient: it is no age recipient/],
  ["an identity", ["encrypt", "--recipient", "AGE-SECRET-KEY-1QQ"], 1, /^((?!-1QQ)[^])*$/],
  ["no such file", ["verify", "--identity", "/nowhere"], 0, /^$/],
];

test.for(MISTAKES)("a mistake is told: %s", async ([, args, code, message]) => {
  const { run } = await binAndKey();
  const outcome = await run(...args);
  expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) });
});

test("other recipients are refused while it is encrypted", async () => {
  const { run, recipient } = await binAndKey();
  await run("encrypt", "--recipient", recipient);
  const other = await identityToRecipient(await generateIdentity());
  const refused = await run("encrypt", "--recipient", recipient, "--recipient", other);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`encrypted already, to ${recipient}`);
  expect(refused.stderr).toContain("bin decrypt");
});
