import type { Settings } from "../config/read-settings.ts";
import type { Clock } from "../ports/clock.ts";

export interface OpenOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told what a command can do without. */
  readonly notify: (message: string) => void;
}
