import type { Action, Plan } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import type { Ending } from "./carry-out-action.ts";

export type BlobSizes = Readonly<Record<string, number>>;

/** What has come of a run so far. Every action gets one outcome here; only a second look may replace it. */
export class RunAccount {
  readonly plan: Plan;
  /** Image IDs that the target said went away. */
  readonly deletedImages = new Set<string>();
  /** Blobs that the target said went away, each once however often it was told. */
  readonly deletedBlobs = new Set<string>();
  readonly #blobSizes: BlobSizes;
  readonly #clock: Clock;
  readonly #onSettled: (action: Action, outcome: ActionOutcome) => void;
  readonly #outcomes = new Map<number, ActionOutcome>();
  /** Images whose own action found or made them gone. */
  readonly #goneImages = new Set<string>();

  constructor(
    plan: Plan,
    blobSizes: BlobSizes,
    clock: Clock,
    onSettled: (action: Action, outcome: ActionOutcome) => void,
  ) {
    this.plan = plan;
    this.#blobSizes = blobSizes;
    this.#clock = clock;
    this.#onSettled = onSettled;
  }

  settle(index: number, { state, detail, removal }: Ending): void {
    const action = this.plan.actions[index];
    if (action === undefined) throw new RangeError(`the plan has no action ${index}`);
    if (this.#outcomes.has(index)) throw new RangeError(`action ${index} has ended already`);
    const told = removal === undefined ? undefined : this.#noteDeleted(removal);
    const freedBytes = removal?.freedBytes ?? told;
    const at = this.#now();
    const outcome = {
      index,
      state,
      detail,
      ...(freedBytes === undefined ? {} : { freedBytes }),
      at,
    };
    this.#outcomes.set(index, outcome);
    const isGone = state === "applied" || state === "gone";
    if (isGone && action.kind === "delete-image") this.#goneImages.add(action.subject);
    this.#onSettled(action, outcome);
  }

  /** Whether an image went in this run, by its own removal or along with another one. */
  hasGone(imageId: string): boolean {
    return this.#goneImages.has(imageId) || this.deletedImages.has(imageId);
  }

  /** Replaces `applied` where the target's answer turned out to be untrue. Answers the new outcome. */
  disprove(index: number, detail: string): ActionOutcome {
    const outcome: ActionOutcome = { index, state: "failed", detail, at: this.#now() };
    this.#outcomes.set(index, outcome);
    return outcome;
  }

  /** In plan order. */
  outcomes(): readonly ActionOutcome[] {
    return [...this.#outcomes.values()].toSorted((one, other) => one.index - other.index);
  }

  /** Applied actions with their outcomes, in the order in which they ended. */
  applied(): readonly { readonly action: Action; readonly outcome: ActionOutcome }[] {
    return [...this.#outcomes.values()].flatMap((outcome) => {
      const action = this.plan.actions[outcome.index];
      return action !== undefined && outcome.state === "applied" ? [{ action, outcome }] : [];
    });
  }

  /** Bytes of the blobs that only this removal told of; undefined where it told of none. */
  #noteDeleted(removal: NonNullable<Ending["removal"]>): number | undefined {
    for (const id of removal.deletedImages) this.deletedImages.add(id);
    if (removal.deletedBlobs.length === 0) return undefined;
    let bytes = 0;
    for (const key of removal.deletedBlobs) {
      if (!this.deletedBlobs.has(key)) bytes += this.#blobSizes[key] ?? 0;
      this.deletedBlobs.add(key);
    }
    return bytes;
  }

  #now(): string {
    return new Date(this.#clock()).toISOString();
  }
}
