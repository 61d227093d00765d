import { isLayout } from "./create-layout.ts";
import { indexVersion } from "./index-view.ts";
import { readIndexFile } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { readRecord, writeRecord, type RecoveryRecord } from "./recovery-records.ts";
import { rewriteIndex } from "./rewrite-index.ts";
import { withWriteLock } from "./write-lock.ts";
import type { Descriptor } from "../oci/descriptor.ts";

/** What index.json of a bin says. */
export interface BinRecords {
  readonly records: readonly RecoveryRecord[];
  /** Entries that somebody else has put there; they are left alone. */
  readonly foreign: readonly Descriptor[];
}

const NOTHING: BinRecords = { records: [], foreign: [] };

/** index.json of a bin. It is parsed again only when it has changed. */
export class BinIndex {
  readonly #root: string;
  #known: { readonly version: string; readonly records: BinRecords } | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async read(): Promise<BinRecords> {
    const version = await this.#version();
    if (version === undefined) return NOTHING;
    if (this.#known?.version === version) return this.#known.records;
    const records = await readRecords(this.#root);
    this.#known = { version, records };
    return records;
  }

  /** Undefined where no bin has been made yet. */
  async #version(): Promise<string | undefined> {
    try {
      return await indexVersion(this.#root);
    } catch (error) {
      if (error instanceof LayoutError && error.kind === "not-found")
        if (!(await isLayout(this.#root))) return undefined;
      throw error;
    }
  }

  /** Replaces our entries by what `change` makes of them; durable when this resolves. The same list means nothing to do. */
  async change(
    change: (records: readonly RecoveryRecord[]) => readonly RecoveryRecord[],
  ): Promise<void> {
    await withWriteLock(this.#root, () =>
      rewriteIndex(this.#root, ({ entries }) => {
        const sources = new Map<RecoveryRecord, (typeof entries)[number]["source"]>();
        const foreign: (typeof entries)[number]["source"][] = [];
        for (const entry of entries) {
          const record = readRecord(entry);
          if (record === undefined) foreign.push(entry.source);
          else sources.set(record, entry.source);
        }
        const changed = change([...sources.keys()]);
        // What stays is written as it was, fields of a later version included.
        const ours = changed.map((record) => sources.get(record) ?? writeRecord(record));
        const isSame =
          changed.length === sources.size && changed.every((record) => sources.has(record));
        return isSame ? entries.map(({ source }) => source) : [...foreign, ...ours];
      }),
    );
  }
}

async function readRecords(root: string): Promise<BinRecords> {
  const { entries } = await readIndexFile(root);
  const records: RecoveryRecord[] = [];
  const foreign: Descriptor[] = [];
  for (const entry of entries) {
    const record = readRecord(entry);
    if (record === undefined) foreign.push(entry.descriptor);
    else records.push(record);
  }
  return { records, foreign };
}
