import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  Decrypter,
  generateHybridIdentity,
  generateIdentity,
  identityToRecipient,
} from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import {
  archive,
  comesBack,
  configImage,
  digestOf,
  manifestImage,
  noise,
  type MadeImage,
} from "../../test/fixtures/bin-images.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import { encryptedPath } from "./encrypted-files.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const { signal } = new AbortController();
const clock = (): number => Date.parse("2026-11-21T12:00:00Z");
const layer = (seed: string, sizeBytes = 5000): Buffer => noise(seed, sizeBytes);
const makers = [
  ["config", configImage],
  ["manifest", manifestImage],
] as const;

interface Key {
  readonly identity: string;
  readonly recipient: string;
  readonly file: string;
}

let alice: Key;
let bob: Key;
let later: Key;

const keyFolder = mkdtempSync(join(tmpdir(), "plimsoll-unit-"));
afterAll(() => rmSync(keyFolder, { recursive: true, force: true }));

beforeAll(async () => {
  const key = async (name: string, identity: string): Promise<Key> => {
    const file = join(keyFolder, name);
    writeFileSync(file, `# created: today\n\n${identity}\n`);
    return { identity, recipient: await identityToRecipient(identity), file };
  };
  alice = await key("alice", await generateIdentity());
  bob = await key("bob", await generateIdentity());
  later = await key("later", await generateHybridIdentity());
});

async function encryptedBin(...recipients: readonly Key[]): Promise<RecoveryBin> {
  const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
  await bin.encryption.encrypt(
    recipients.map(({ recipient }) => recipient),
    { signal },
  );
  return bin;
}

function reopened({ location }: RecoveryBin, key?: Key): Promise<RecoveryBin> {
  return openRecoveryBin(location, clock, key?.file);
}

function namesIn(bin: RecoveryBin, folder: string): readonly string[] {
  const path = join(bin.location, folder, "sha256");
  return existsSync(path) ? readdirSync(path) : [];
}

/** Everything that can be read in the bin's files without an identity. */
function readable(bin: RecoveryBin): string {
  return readdirSync(bin.location, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("latin1"))
    .join("\n");
}

async function expectBack(bin: RecoveryBin, entry: BinEntry, image: MadeImage): Promise<void> {
  const back = await comesBack(bin, entry);
  for (const { digest, bytes } of image.parts) expect(back.get(digest)).toEqual(bytes);
}

function secretImage(make: typeof configImage, name: string): MadeImage {
  return make(`password=${name}`, [Buffer.from(`{"not": "a manifest"}${name}`), layer(name)]);
}

describe("an encrypted bin", () => {
  test.for(makers)("gives back byte for byte to either recipient (%s)", async ([, make]) => {
    const bin = await encryptedBin(alice, bob, later);
    const image = make("app", [layer("base"), layer("large", 200_000), Buffer.alloc(0)]);
    const entry = await archive(bin, image);
    for (const key of [alice, bob, later]) {
      const again = await reopened(bin, key);
      expect(await again.entries()).toEqual([entry]);
      await expectBack(again, entry, image);
      expect(await again.verify(signal)).toEqual([]);
    }
  });

  test.for(makers)("shows nothing of configurations and layers (%s)", async ([, make]) => {
    const bin = await encryptedBin(alice);
    const image = secretImage(make, "hunter2");
    await archive(bin, image);
    const texts = readable(bin);
    expect(texts).not.toContain("hunter2");
    for (const { bytes } of image.parts.slice(1))
      expect(texts.includes(bytes.subarray(0, 40).toString("latin1"))).toBe(false);
  });

  test("is made of files that age itself opens", async () => {
    const bin = await encryptedBin(alice);
    const bytes = layer("app", 3 * 65_536);
    await archive(bin, manifestImage("app", [bytes]));
    const decrypter = new Decrypter();
    decrypter.addIdentity(alice.identity);
    const file = readFileSync(encryptedPath(bin.location, digestOf(bytes)));
    expect(Buffer.from(await decrypter.decrypt(file)).equals(bytes)).toBe(true);
  });

  test("is for its owner only", async () => {
    const bin = await encryptedBin(alice);
    await archive(bin, manifestImage("app", [layer("app")]));
    for (const name of namesIn(bin, "encrypted"))
      expect(statSync(join(bin.location, "encrypted/sha256", name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(bin.location, "encrypted")).mode & 0o777).toBe(0o700);
    expect(statSync(join(bin.location, ".plimsoll.recipients")).mode & 0o777).toBe(0o600);
  });

  test("counts the bytes that its files take", async () => {
    const bin = await encryptedBin(alice);
    const image = manifestImage("app", [layer("app", 200_000)]);
    const entry = await archive(bin, image);
    const sizeOf = (folder: string): number =>
      namesIn(bin, folder)
        .filter((name) => !name.endsWith(".sum"))
        .map((name) => statSync(join(bin.location, folder, "sha256", name)).size)
        .reduce((a, b) => a + b, 0);
    expect(entry.storedBytes).toBe(sizeOf("blobs") + sizeOf("encrypted"));
    const [inventoried] = (await bin.inventory()).images;
    expect(inventoried?.sizeBytes).toBe(entry.storedBytes);
    const parts = await bin.partsOf(entry);
    expect(parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0)).toBe(entry.storedBytes);
  });

  test.for(makers)("needs no identity to share, to list and to sweep (%s)", async ([, make]) => {
    const bin = await encryptedBin(alice);
    const first = make("one", [layer("base"), layer("one")]);
    const one = await archive(bin, first);
    const other = await reopened(bin);
    const second = make("two", [layer("base"), layer("two")]);
    const [base] = second.parts.filter(({ bytes }) => bytes.equals(layer("base")));
    expect(other.holds(base?.digest ?? "")).toBe(true);
    const two = await archive(other, second);
    const shared = (await other.partsOf(two)).filter(({ sharedWith }) => sharedWith.length > 0);
    expect(shared).toHaveLength(1);
    const { freedBytes } = await other.remove([one.key]);
    expect(freedBytes).toBeGreaterThan(layer("one").byteLength);
    await expectBack(await reopened(bin, alice), two, second);
    await other.remove([two.key]);
    expect(namesIn(bin, "encrypted")).toEqual([]);
    expect(namesIn(bin, "blobs")).toEqual([]);
  });

  test("has the checksum of each file where several put the same content there at once", async () => {
    const bin = await encryptedBin(alice);
    const image = manifestImage(
      "app",
      [1, 2, 3].map((n) => layer(`app ${n}`)),
    );
    const bins = await Promise.all([1, 2, 3].map(() => reopened(bin)));
    await Promise.all(bins.map((each) => archive(each, image)));
    expect(await bin.verify(signal)).toEqual([]);
  });

  test("takes content anew that it has in another form and cannot open", async () => {
    const bin = await encryptedBin(alice);
    const tar = layer("tar");
    const asBlob = manifestImage("one", [tar]);
    const asLayer = configImage("two", [tar]);
    await archive(bin, asBlob);
    const other = await reopened(bin);
    await expect(archive(other, asLayer)).rejects.toMatchObject({ kind: "corrupt" });
    const entry = await archive(other, asLayer);
    await expectBack(await reopened(bin, alice), entry, asLayer);
    // And the other way round.
    const whole = await encryptedBin(alice);
    await archive(whole, asLayer);
    const another = await reopened(whole);
    await expect(archive(another, asBlob)).rejects.toMatchObject({ kind: "corrupt" });
    await expectBack(await reopened(whole, alice), await archive(another, asBlob), asBlob);
  });
});

describe("without the right identity", () => {
  const rows = [
    ["none is given", undefined, "no identity is given"],
    ["it is another one", () => bob, "no identity in "],
  ] as const;

  test.for(rows)("nothing is given out where %s", async ([, key, detail]) => {
    const bin = await encryptedBin(alice);
    const entry = await archive(bin, configImage("app", [layer("app")]));
    const again = await reopened(bin, key?.());
    await expect(again.contentOf(entry)).rejects.toMatchObject({
      kind: "locked",
      detail: expect.stringContaining(detail),
      hint: expect.stringContaining("PLIMSOLL_BIN_IDENTITY"),
    });
    await expect(again.encryption.decrypt({ signal })).rejects.toMatchObject({ kind: "locked" });
    expect(await again.encryption.recipients()).toEqual([alice.recipient]);
    again.encryption.useIdentity(alice.file);
    await again.contentOf(entry);
  });

  const files = [
    ["", "it has none"],
    ["# a comment only\n", "it has none"],
    ["AGE-PLUGIN-YUBIKEY-1QQQQ\n", "number 1"],
    ["AGE-SECRET-KEY-1NONSENSE\n", "number 1"],
  ] as const;

  test.for(files)("a file is told to be none of identities: %j", async ([text, detail]) => {
    const bin = await encryptedBin(alice);
    const entry = await archive(bin, configImage("app", [layer("app")]));
    const file = join(scratchFolder(), "identity");
    writeFileSync(file, text);
    bin.encryption.useIdentity(file);
    const failure = await bin.contentOf(entry).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "not-a-key", detail: expect.stringContaining(detail) });
    expect(String(failure)).not.toContain("NONSENSE");
  });

  test("a file that is not there is named", async () => {
    const bin = await encryptedBin(alice);
    const entry = await archive(bin, configImage("app", [layer("app")]));
    bin.encryption.useIdentity("/nowhere/identity");
    await expect(bin.contentOf(entry)).rejects.toMatchObject({
      kind: "not-a-key",
      file: "/nowhere/identity",
    });
    await expect(bin.verify(signal)).rejects.toMatchObject({ file: "/nowhere/identity" });
  });

  test.for(["age1nonsense", "ssh-ed25519 AAAA", ""])("%j is no recipient", async (recipient) => {
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
    await expect(bin.encryption.encrypt([recipient], { signal })).rejects.toMatchObject({
      kind: "not-a-key",
    });
    expect(await bin.encryption.recipients()).toEqual([]);
  });
});

test.for(["", "# none\n", "age1nonsense\n"])(
  "nothing is stored open where the list of recipients is no such list: %j",
  async (list) => {
    const bin = await encryptedBin(alice);
    writeFileSync(join(bin.location, ".plimsoll.recipients"), list);
    const image = manifestImage("app", [layer("app")]);
    await expect(archive(bin, image)).rejects.toMatchObject({ kind: "not-a-key" });
    expect(namesIn(bin, "encrypted")).toEqual([]);
    // The manifest is what comes first, and is readable in any case.
    expect(namesIn(bin, "blobs")).toEqual([image.id.slice("sha256:".length)]);
  },
);

describe("a damaged encrypted blob", () => {
  const bytes = layer("app", 3 * 65_536);
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ["a flipped bit in the middle", (path) => flip(path, statSync(path).size >> 1)],
    ["a flipped bit in the header", (path) => flip(path, 40)],
    ["a flipped bit in the last chunk", (path) => flip(path, statSync(path).size - 20)],
    ["cut off in a chunk", (path) => truncateSync(path, statSync(path).size - 100)],
    ["cut off between chunks", (path) => truncateSync(path, statSync(path).size - 65_552)],
    ["cut off in the header", (path) => truncateSync(path, 30)],
    ["empty", (path) => truncateSync(path, 0)],
    ["another blob's content", swap],
  ];

  test.for(damages)("is found, and never given out whole: %s", async ([, damage]) => {
    const bin = await encryptedBin(alice);
    const image = manifestImage("app", [bytes, layer("other", 3 * 65_536)]);
    const entry = await archive(bin, image);
    const digest = digestOf(bytes);
    damage(encryptedPath(bin.location, digest));
    for (const key of [undefined, alice]) {
      const found = await (await reopened(bin, key)).verify(signal);
      expect(found.map((each) => each.digest)).toContain(digest);
    }
    let given = 0;
    const read = async (): Promise<void> => {
      const content = await (await reopened(bin, alice)).contentOf(entry);
      for await (const chunk of content.open(digest)) given += chunk.byteLength;
    };
    await expect(read()).rejects.toMatchObject({ kind: "corrupt" });
    expect(given).toBeLessThan(bytes.byteLength);
    // Stored again, it is whole again: at once where its size tells of the damage, else when it has been read.
    const other = await reopened(bin);
    const again = await archive(other, image).catch(() => archive(other, image));
    await expectBack(await reopened(bin, alice), again, image);
  });

  function flip(path: string, at: number): void {
    const content = readFileSync(path);
    content[at] = (content[at] ?? 0) ^ 1;
    writeFileSync(path, content);
  }

  function swap(path: string): void {
    const folder = join(path, "..");
    const other = readdirSync(folder)
      .map((name) => join(folder, name))
      .find((each) => each.endsWith(".age") && each !== path && statSync(each).size > 100_000);
    if (other === undefined) throw new Error("there is no other blob");
    copyFileSync(other, path);
  }
});

describe("a bin that is encrypted later", () => {
  test.for(makers)("is read as before, and back again (%s)", async ([, make]) => {
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
    const image = secretImage(make, "hunter2");
    const entry = await archive(bin, image);
    const plain = await bin.encryption.encrypt([alice.recipient], { signal });
    expect(plain.converted).toBeGreaterThan(0);
    expect(readable(bin)).not.toContain("hunter2");
    const [listed] = await (await reopened(bin)).entries();
    expect(listed?.damage).toBeUndefined();
    await expectBack(await reopened(bin, alice), entry, image);
    expect(await bin.encryption.isUnfinished()).toBe(false);
    expect(await bin.encryption.encrypt([alice.recipient], { signal })).toEqual({
      converted: 0,
      damaged: [],
    });
    const owner = await reopened(bin, alice);
    await owner.encryption.decrypt({ signal });
    expect(namesIn(bin, "encrypted")).toEqual([]);
    await expectBack(await reopened(bin), entry, image);
    expect(await (await reopened(bin)).verify(signal)).toEqual([]);
  });

  test("is whole wherever it was interrupted, in both directions", async () => {
    const image = configImage("app", [layer("one"), layer("two"), layer("three")]);
    for (let stopAt = 1; stopAt <= 4; stopAt += 1) {
      const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
      const entry = await archive(bin, image);
      const owner = await reopened(bin, alice);
      await stoppedAfter(stopAt, (options) => owner.encryption.encrypt([alice.recipient], options));
      await expectBack(await reopened(bin, alice), entry, image);
      expect(await (await reopened(bin, alice)).verify(signal)).toEqual([]);
      expect(await owner.encryption.isUnfinished()).toBe(stopAt <= 3);
      // What comes now is encrypted, whatever is left to do.
      const late = configImage("late", [Buffer.from("hunter2")]);
      await archive(await reopened(bin), late);
      expect(readable(bin)).not.toContain("hunter2");
      await owner.encryption.encrypt([alice.recipient], { signal });
      expect(readable(bin)).not.toContain(layer("two").toString("latin1"));
      await stoppedAfter(stopAt, (options) => owner.encryption.decrypt(options));
      await expectBack(await reopened(bin, alice), entry, image);
      await owner.encryption.decrypt({ signal });
      await expectBack(await reopened(bin), entry, image);
    }
  });

  test("has one of both forms where a crash left both", async () => {
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
    const bytes = layer("app");
    const image = manifestImage("app", [bytes]);
    const entry = await archive(bin, image);
    const plain = join(bin.location, "blobs/sha256", digestOf(bytes).slice("sha256:".length));
    copyFileSync(plain, `${plain}.kept`);
    await bin.encryption.encrypt([alice.recipient], { signal });
    renameSync(`${plain}.kept`, plain);
    await expectBack(await reopened(bin, alice), entry, image);
    await bin.encryption.encrypt([alice.recipient], { signal });
    expect(existsSync(plain)).toBe(false);
    await expectBack(await reopened(bin, alice), entry, image);
  });

  test("names the layers of images that an earlier version put there", async () => {
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
    const image = configImage("app", [layer("one"), layer("two"), layer("one")]);
    await archive(bin, image);
    forgetLayers(bin);
    const [entry] = await (await reopened(bin)).entries();
    expect(entry?.form).toEqual(image.form);
    await (await reopened(bin)).encryption.encrypt([alice.recipient], { signal });
    expect(await (await reopened(bin)).entries()).toMatchObject([
      { key: entry?.key, form: image.form },
    ]);
    const owner = await reopened(bin, alice);
    const [found] = await owner.entries();
    if (found === undefined) throw new Error("the entry is gone");
    await expectBack(owner, found, image);
    expect(await owner.verify(signal)).toEqual([]);
  });

  /** Takes from the manifest what earlier versions did not write there. */
  function forgetLayers({ location }: RecoveryBin): void {
    const indexFile = join(location, "index.json");
    const blobFile = (digest: string): string => join(location, "blobs", digest.replace(":", "/"));
    const index = JSON.parse(readFileSync(indexFile, "utf8")) as {
      manifests: { digest: string; size: number }[];
    };
    for (const top of index.manifests) {
      const manifest = JSON.parse(readFileSync(blobFile(top.digest), "utf8")) as {
        layers: { annotations: Record<string, string> }[];
      };
      for (const { annotations } of manifest.layers)
        delete annotations["dev.plimsoll.layer.diff-id"];
      const bytes = Buffer.from(JSON.stringify(manifest));
      rmSync(blobFile(top.digest));
      top.digest = digestOf(bytes);
      top.size = bytes.byteLength;
      writeFileSync(blobFile(top.digest), bytes);
    }
    writeFileSync(indexFile, JSON.stringify(index));
  }

  test("leaves what is damaged as it is, and tells", async () => {
    const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
    const bytes = layer("app");
    await archive(bin, manifestImage("app", [bytes]));
    const hex = digestOf(bytes).slice("sha256:".length);
    writeFileSync(join(bin.location, "blobs/sha256", hex), "damage");
    const { damaged } = await bin.encryption.encrypt([alice.recipient], { signal });
    expect(damaged.map(({ digest }) => digest)).toEqual([digestOf(bytes)]);
    expect(existsSync(join(bin.location, "blobs/sha256", hex))).toBe(true);
  });

  test("loses files that a crash left without a name to the next sweep", async () => {
    const bin = await encryptedBin(alice);
    const entry = await archive(bin, manifestImage("app", [layer("app")]));
    const folder = join(bin.location, "encrypted/sha256");
    writeFileSync(join(folder, ".unfinished-1"), "half");
    writeFileSync(join(folder, `${"a".repeat(64)}.age.sum`), "sum");
    await bin.remove([]);
    expect(readdirSync(folder).filter((name) => !name.endsWith(".age"))).toHaveLength(2);
    rmSync(join(folder, `${digestOf(layer("app")).slice(7)}.age.sum`));
    const found = await (await reopened(bin)).verify(signal);
    expect(found).toMatchObject([{ detail: "its checksum is missing", keys: [entry.key] }]);
    expect(await (await reopened(bin, alice)).verify(signal)).toEqual([]);
  });

  async function stoppedAfter(
    blobs: number,
    convert: (options: { signal: AbortSignal; onProgress: () => void }) => Promise<unknown>,
  ): Promise<void> {
    const stop = new AbortController();
    let seen = 0;
    const onProgress = (): void => {
      seen += 1;
      if (seen === blobs) stop.abort();
    };
    await convert({ signal: stop.signal, onProgress }).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  }
});
