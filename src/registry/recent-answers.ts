import type { Clock } from "../ports/clock.ts";

/** For so long an answer counts as given just now. */
const FRESH_MS = 30_000;

/** Answers to questions that many images have in common: each is asked once, for all that go together. */
export class RecentAnswers<T> {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly atMs: number; readonly answer: Promise<T> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(question: string, ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock();
    const known = this.#answers.get(question);
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.answer;
    const answer = ask();
    this.#answers.set(question, { atMs: nowMs, answer });
    // A question that failed is asked anew.
    answer.catch(() => this.#answers.delete(question));
    return answer;
  }
}
