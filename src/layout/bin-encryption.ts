import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { BinConversion, BinEncryption, ConversionOptions } from "../ports/bin-encryption.ts";
import { recipientProblem } from "./age-header.ts";
import { asBinError } from "./bin-error.ts";
import type { BinHold } from "./bin-hold.ts";
import type { BinIndex } from "./bin-index.ts";
import { RECIPIENTS_FILE, UNFINISHED_LINE, type BinKeys } from "./bin-keys.ts";
import { nameDraft, writeDraft } from "./blob-draft.ts";
import { convertBlobs } from "./convert-blobs.ts";
import { createLayout } from "./create-layout.ts";
import { syncDirectory } from "./durable-directory.ts";
import { LayoutError, toLayoutError } from "./layout-error.ts";
import { listEncryptedBlobs, listPlainBlobs } from "./list-blobs.ts";
import { nameLayers } from "./name-layers.ts";
import { checkOpens } from "./read-encrypted.ts";

/** Whoever puts images there has read the recipients before, and goes on by them. */
const WAIT_FOR_WRITERS_MS = 60_000;

const HEADING =
  "# What this recovery bin takes is encrypted to these recipients (age-encryption.org).\n";

interface BinParts {
  readonly keys: BinKeys;
  readonly index: BinIndex;
  readonly hold: BinHold;
  readonly whileHeld: (action: () => Promise<BinConversion>) => Promise<BinConversion>;
}

/** Encrypts and decrypts a bin, blob by blob: each is there in one form or the other, whatever happens on the way. */
export class LayoutBinEncryption implements BinEncryption {
  readonly #root: string;
  readonly #parts: BinParts;

  constructor(root: string, parts: BinParts) {
    this.#root = root;
    this.#parts = parts;
  }

  async recipients(): Promise<readonly string[]> {
    await this.#parts.keys.readRecipients();
    return this.#parts.keys.recipients;
  }

  async isUnfinished(): Promise<boolean> {
    await this.#parts.keys.readRecipients();
    return this.#parts.keys.isUnfinished;
  }

  async encryptedBlobs(): Promise<number> {
    let count = 0;
    for await (const _digest of listEncryptedBlobs(this.#root)) count += 1;
    return count;
  }

  get hasIdentity(): boolean {
    return this.#parts.keys.hasIdentity;
  }

  useIdentity(file: string): void {
    this.#parts.keys.useIdentity(file);
  }

  async encrypt(recipients: readonly string[], options: ConversionOptions): Promise<BinConversion> {
    for (const recipient of recipients) {
      const problem = await recipientProblem(recipient);
      if (problem !== undefined) throw noRecipient(recipient, problem);
    }
    return this.#convert(
      () => writeRecipients(this.#root, [...recipients, UNFINISHED_LINE]),
      async () => {
        await nameLayers(this.#root, this.#parts.index);
        const { keys } = this.#parts;
        const conversion = await convertBlobs(this.#root, keys, listPlainBlobs, options);
        if (conversion.damaged.length === 0) await writeRecipients(this.#root, recipients);
        return conversion;
      },
    );
  }

  async decrypt(options: ConversionOptions): Promise<BinConversion> {
    const { keys } = this.#parts;
    for await (const digest of listEncryptedBlobs(this.#root))
      await checkOpens(this.#root, digest, keys);
    return this.#convert(
      async () => {
        await rm(join(this.#root, RECIPIENTS_FILE), { force: true });
        await syncDirectory(this.#root);
      },
      () => convertBlobs(this.#root, keys, listEncryptedBlobs, options),
    );
  }

  /** Changes the form of what comes while nobody is putting anything there, then that of what is there. */
  async #convert(
    change: () => Promise<void>,
    convert: () => Promise<BinConversion>,
  ): Promise<BinConversion> {
    try {
      await createLayout(this.#root);
      const changed = await this.#parts.hold.alone(
        async () => (await change(), true),
        WAIT_FOR_WRITERS_MS,
      );
      if (changed === undefined) throw busy(this.#root);
      return await this.#parts.whileHeld(convert);
    } catch (error) {
      throw asConversionError(error, this.#root);
    }
  }
}

function asConversionError(cause: unknown, root: string): unknown {
  const error = toLayoutError(cause, root);
  if (!(error instanceof LayoutError) || error.kind !== "full") return asBinError(error, root);
  return new LayoutError("full", {
    file: root,
    detail: `${error.detail}: each blob is written once more before its old form goes`,
    hint: "Make room there; what is done stays, and the same command goes on.",
    cause,
  });
}

async function writeRecipients(root: string, lines: readonly string[]): Promise<void> {
  const text = `${HEADING}${lines.map((line) => `${line}\n`).join("")}`;
  const draft = await writeDraft(root, oneChunk(Buffer.from(text)));
  await nameDraft(draft, join(root, RECIPIENTS_FILE));
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function noRecipient(recipient: string, problem: string): LayoutError {
  // An identity that was given in its place is a secret.
  const shown = recipient.startsWith("age1") ? recipient : "--recipient";
  return new LayoutError("not-a-key", {
    file: shown,
    detail: `it is no age recipient: ${problem}`,
    hint: "Recipients begin with age1; age-keygen -o FILE makes an identity, and prints its recipient.",
  });
}

function busy(root: string): LayoutError {
  return new LayoutError("busy", {
    file: root,
    detail: "another Plimsoll has been putting images into this recovery bin for a minute",
    hint: "Wait until it has ended and try again.",
  });
}
