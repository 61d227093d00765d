import { setImmediate as nextTurn } from "node:timers/promises";

import type { Removal } from "../ports/image-remover.ts";
import type { IndexEntry } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { rewriteIndex } from "./rewrite-index.ts";
import { withWriteLock } from "./write-lock.ts";

/** What is left of the entries, and how the removal ended. */
export interface EntryRemoval {
  readonly entries: readonly IndexEntry[];
  readonly removal: Removal;
}

/** Decides on the entries as they are at the moment of writing; may be asked again when they change under it. */
export type DecideRemoval = (entries: readonly IndexEntry[]) => EntryRemoval;

/**
 * Removals of entries from index.json. Those that come while one rewrite is under way share the next one; each is
 * answered when it is durable.
 */
export function createEntryRemovals(
  openRoot: () => Promise<string>,
): (decide: DecideRemoval) => Promise<Removal> {
  let waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    // Calls made together arrive one after another in this turn of the event loop.
    await nextTurn();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await settleBatch(openRoot, batch);
    }
    writing = false;
  }

  return (decide) =>
    new Promise((resolve, reject) => {
      waiting.push({ decide, resolve, reject });
      if (!writing) void writeAll();
    });
}

interface Waiting {
  readonly decide: DecideRemoval;
  readonly resolve: (removal: Removal) => void;
  readonly reject: (error: unknown) => void;
}

async function settleBatch(
  openRoot: () => Promise<string>,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const decisions = batch.map(({ decide }) => decide);
    const removals = await writeBatch(openRoot, decisions);
    batch.forEach(({ resolve }, at) =>
      resolve(removals[at] ?? failedRemoval("it was not decided on")),
    );
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

async function writeBatch(
  openRoot: () => Promise<string>,
  decisions: readonly DecideRemoval[],
): Promise<readonly Removal[]> {
  let removals: readonly Removal[] = [];
  try {
    const root = await openRoot();
    await withWriteLock(root, () =>
      rewriteIndex(root, (index) => {
        let entries = index.entries;
        removals = decisions.map((decide) => {
          const decided = decide(entries);
          entries = decided.entries;
          return decided.removal;
        });
        return entries.map(({ source }) => source);
      }),
    );
    return removals;
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return decisions.map(() => removalOfError(error));
  }
}

function removalOfError(error: LayoutError): Removal {
  const refused =
    error.kind === "permission-denied" || error.kind === "busy" || error.kind === "symbolic-link";
  return { ...failedRemoval(error.message), outcome: refused ? "refused" : "failed" };
}

function failedRemoval(detail: string): Removal {
  return { outcome: "failed", detail, deletedImages: [], deletedBlobs: [] };
}
