import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { identityProblem, newHeader, openHeader, type NewHeader } from "./age-header.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";

/** What new content is encrypted to, a recipient on a line, as `age -R` takes it. Content is encrypted where there is one. */
export const RECIPIENTS_FILE = ".plimsoll.recipients";

/** A line in that file, until everything that was there before is encrypted as well. */
export const UNFINISHED_LINE = "# Some of it is not encrypted yet: plimsoll bin encrypt goes on.";

const HINT =
  "Name the file with an identity of the bin: --identity FILE, or PLIMSOLL_BIN_IDENTITY=FILE.";

/** Who the content of a bin is encrypted to, and who we are. */
export class BinKeys {
  readonly #root: string;
  /** Undefined where there is no list of them. */
  #recipients: readonly string[] | undefined;
  #isUnfinished = false;
  #identityFile: string | undefined;
  #identities: Promise<readonly string[]> | undefined;

  constructor(root: string, identityFile?: string) {
    this.#root = root;
    this.#identityFile = identityFile;
  }

  /** Whether new content is to be encrypted; as it was when the recipients were last read. */
  get encrypts(): boolean {
    return this.#recipients !== undefined;
  }

  /** None where content is not encrypted. */
  get recipients(): readonly string[] {
    return this.#recipients ?? [];
  }

  /** Of a new blob. Rejects where the list cannot be followed: nothing is stored open in its place. */
  async newHeader(): Promise<NewHeader> {
    const { recipients } = this;
    try {
      if (recipients.length > 0) return await newHeader(recipients);
    } catch (error) {
      throw this.#badList(error instanceof Error ? error.message : String(error), error);
    }
    throw this.#badList("it has none");
  }

  #badList(problem: string, cause?: unknown): LayoutError {
    return new LayoutError("not-a-key", {
      file: join(this.#root, RECIPIENTS_FILE),
      detail: `it is no list of age recipients: ${problem}`,
      hint: "Put it right, a recipient on a line; or start anew with plimsoll bin decrypt, then bin encrypt.",
      cause,
    });
  }

  /** Some of what is there is not encrypted to them yet. */
  get isUnfinished(): boolean {
    return this.#isUnfinished;
  }

  async readRecipients(): Promise<void> {
    const text = await this.#readFile();
    this.#recipients = text === undefined ? undefined : linesOf(text);
    this.#isUnfinished = text?.includes(UNFINISHED_LINE) === true;
  }

  async #readFile(): Promise<string | undefined> {
    const path = join(this.#root, RECIPIENTS_FILE);
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw toLayoutError(error, path);
      return undefined;
    }
  }

  get hasIdentity(): boolean {
    return this.#identityFile !== undefined;
  }

  useIdentity(file: string): void {
    this.#identityFile = file;
    this.#identities = undefined;
  }

  /** The key of an encrypted blob, from its header. */
  async open(header: Uint8Array, digest: Digest): Promise<Uint8Array> {
    const file = this.#identityFile;
    if (file === undefined) throw locked(digest, "it is encrypted, and no identity is given");
    const identities = await (this.#identities ??= readIdentities(file));
    try {
      return await openHeader(header, identities);
    } catch (error) {
      throw locked(digest, `it is encrypted, and no identity in ${file} opens it`, error);
    }
  }
}

async function readIdentities(file: string): Promise<readonly string[]> {
  const identities = linesOf(await readText(file));
  const problem = await identityProblem(identities);
  if (problem === undefined && identities.length > 0) return identities;
  throw new LayoutError("not-a-key", {
    file,
    detail: `it is no file of age identities: ${problem ?? "it has none"}`,
    hint: "Lines begin with AGE-SECRET-KEY-, as age-keygen writes them; those under a passphrase or of a plug-in cannot be used.",
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const error = toLayoutError(cause, file);
    if (!(error instanceof LayoutError)) throw error;
    const detail = `the file with the identities cannot be read: ${error.detail}`;
    throw new LayoutError("not-a-key", { file, detail, hint: HINT, cause });
  }
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

function locked(digest: Digest, detail: string, cause?: unknown): LayoutError {
  return new LayoutError("locked", { file: digest, detail, hint: HINT, cause });
}
