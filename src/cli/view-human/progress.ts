import type { Clock } from "../../ports/clock.ts";
import type { Output } from "../cli-context.ts";

/** Elsewhere than at a terminal, one line in so many milliseconds. */
const PLAIN_INTERVAL_MS = 1000;
/** A terminal is not redrawn more often. */
const REDRAW_INTERVAL_MS = 80;

export interface Progress {
  /** What is going on now; may be shown late or never. */
  update(text: string): void;
  /** A line that stays. */
  line(text: string): void;
  /** Wipes what `update` left. */
  end(): void;
}

/** A line that is rewritten at a terminal; elsewhere plain lines, at most one a second. */
export function createProgress(output: Output, clock: Clock): Progress {
  const intervalMs = output.isTerminal ? REDRAW_INTERVAL_MS : PLAIN_INTERVAL_MS;
  let drawn = false;
  let shownAtMs = output.isTerminal ? Number.NEGATIVE_INFINITY : clock();

  const wipe = (): void => {
    if (drawn) output.write("\r\u001b[K");
    drawn = false;
  };
  return {
    update(text) {
      const nowMs = clock();
      if (nowMs - shownAtMs < intervalMs) return;
      shownAtMs = nowMs;
      if (!output.isTerminal) {
        output.write(`${text}\n`);
        return;
      }
      output.write(
        `\r\u001b[K${Array.from(text)
          .slice(0, output.columns - 1)
          .join("")}`,
      );
      drawn = true;
    },
    line(text) {
      wipe();
      output.write(`${text}\n`);
    },
    end: wipe,
  };
}
