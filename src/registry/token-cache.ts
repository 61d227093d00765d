/** A token is not used any more when it is about to end: a request takes a while to arrive. */
const MARGIN_MS = 5_000;
/** Where the answer does not say (distribution, docs/spec/auth/token.md). */
const DEFAULT_LIFE_SECONDS = 60;

export interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
  readonly issued_at?: unknown;
}

interface Kept {
  readonly token: string;
  readonly untilMs: number;
}

/** Tokens by what they are for, until they end. */
export class TokenCache {
  readonly #tokens = new Map<string, Kept>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  find(scope: string): string | undefined {
    const kept = this.#tokens.get(scope);
    return kept !== undefined && kept.untilMs > this.#clock() ? kept.token : undefined;
  }

  /** Answers the token; undefined where the answer holds none. */
  keep(scope: string, { token, access_token, expires_in }: TokenAnswer): string | undefined {
    const text = typeof token === "string" && token !== "" ? token : access_token;
    if (typeof text !== "string" || text === "") return undefined;
    const seconds =
      typeof expires_in === "number" && expires_in > 0 ? expires_in : DEFAULT_LIFE_SECONDS;
    this.#tokens.set(scope, {
      token: text,
      untilMs: this.#clock() + Math.max(0, seconds * 1000 - MARGIN_MS),
    });
    return text;
  }

  forget(scope: string): void {
    this.#tokens.delete(scope);
  }
}
