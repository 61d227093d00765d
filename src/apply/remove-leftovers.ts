import type { Action } from "../plan/plan.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";
import { messageOf, recheck } from "./recheck.ts";
import type { RunAccount } from "./run-account.ts";

export interface LeftoverResult {
  /** Outcomes that were `applied` until the list of images disproved them. */
  readonly corrected: readonly ActionOutcome[];
  readonly finding?: string;
}

/**
 * Reads the list of images again: a target may say that an image was deleted and keep it (the containerd store, where an
 * image had children). What is left over of this run is deleted once more, unless the run was stopped.
 */
export async function removeLeftovers(
  account: RunAccount,
  remover: ImageRemover,
  signal: AbortSignal,
): Promise<LeftoverResult> {
  const deleted = new Map(
    account
      .applied()
      .filter(({ action }) => action.kind === "delete-image")
      .map(({ action, outcome }) => [action.subject, { action, outcome }]),
  );
  if (deleted.size === 0) return { corrected: [] };
  try {
    let left = await remover.stillListed([...deleted.keys()]);
    if (left.length > 0 && !signal.aborted) {
      await eachInParallel(left, { limit: remover.concurrency }, async (id) => {
        const action = deleted.get(id)?.action;
        if (action !== undefined) await removeAgain(remover, action, account.plan.now);
      });
      left = await remover.stillListed(left);
    }
    return {
      corrected: left.flatMap((id) => {
        const index = deleted.get(id)?.outcome.index;
        if (index === undefined) return [];
        return [account.disprove(index, "still listed although the target said it was deleted")];
      }),
    };
  } catch (error) {
    return {
      corrected: [],
      finding: `whether everything went could not be checked: ${messageOf(error)}`,
    };
  }
}

async function removeAgain(
  remover: ImageRemover,
  action: Action,
  plannedAt: string,
): Promise<void> {
  if ((await recheck(action, remover, plannedAt)).kind !== "go") return;
  // Its answer is worth as little as the first one: the list decides.
  await remover.deleteImage(action.subject, action.references);
}
