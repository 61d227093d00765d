import type { ActionOutcome, RunJournal } from "../ports/run-journal.ts";

/**
 * How long an outcome may wait for an intent to share its commit, since each commit waits for the disk. Dying before it
 * is written loses nothing: the action then counts as begun, and is looked at again.
 */
const OUTCOME_DELAY_MS = 20;
/** Keeps a commit short where outcomes come without any intent (a run that was stopped). */
const MOST_OUTCOMES = 1_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Feeds the journal of one run: all intents of one tick, and the outcomes until then, go into one commit. */
export class JournalFeed {
  readonly #journal: Pick<RunJournal, "record">;
  readonly #runId: string;
  #settled: ActionOutcome[] = [];
  #intended: number[] = [];
  #waiting: Waiting[] = [];
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(journal: Pick<RunJournal, "record">, runId: string) {
    this.#journal = journal;
    this.#runId = runId;
  }

  /** Resolves when the intent is on disk; rejects when this or an earlier write failed: do not carry it out. */
  async intend(index: number): Promise<void> {
    this.throwIfBroken();
    await new Promise<void>((resolve, reject) => {
      this.#intended.push(index);
      this.#waiting.push({ resolve, reject });
      this.#soon ??= setImmediate(() => this.#write());
    });
  }

  settle(outcome: ActionOutcome): void {
    this.#settled.push(outcome);
    if (this.#settled.length >= MOST_OUTCOMES) this.#write();
    else this.#later ??= setTimeout(() => this.#write(), OUTCOME_DELAY_MS);
  }

  /** Writes what waits. Throws when this or an earlier write failed. */
  flush(): void {
    this.#write();
    this.throwIfBroken();
  }

  throwIfBroken(): void {
    if (this.#failure) throw this.#failure.reason;
  }

  #write(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
    const entry = { settled: this.#settled, intended: this.#intended };
    const waiting = this.#waiting;
    this.#settled = [];
    this.#intended = [];
    this.#waiting = [];
    try {
      this.throwIfBroken();
      if (entry.settled.length + entry.intended.length > 0)
        this.#journal.record(this.#runId, entry);
      for (const { resolve } of waiting) resolve();
    } catch (reason) {
      this.#failure ??= { reason };
      for (const { reject } of waiting) reject(reason);
    }
  }
}
