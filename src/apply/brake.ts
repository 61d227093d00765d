import { formatSize } from "../policy/size.ts";
import type { Action } from "../plan/plan.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";

/** So many removals that should have freed something are no accident. */
const ENOUGH_REMOVALS = 10;

/**
 * Stops a run whose removals free nothing at all: something holds the content, and going on would only lose images.
 * Meant for targets that tell of each removal what it freed.
 */
export class FreesNothingBrake {
  #removals = 0;
  #predictedBytes = 0;
  #freedBytes = 0;

  /** Takes note of an outcome; answers why to stop, when it is time to. */
  check(action: Action, outcome: ActionOutcome): string | undefined {
    if (action.kind !== "delete-image" || outcome.state !== "applied") return undefined;
    this.#freedBytes += outcome.freedBytes ?? 0;
    if (action.freesBytes > 0) {
      this.#removals += 1;
      this.#predictedBytes += action.freesBytes;
    }
    if (this.#freedBytes > 0 || this.#removals < ENOUGH_REMOVALS) return undefined;
    const predicted = formatSize(this.#predictedBytes);
    return `the first ${this.#removals} removals that should have freed ${predicted} freed nothing`;
  }
}
