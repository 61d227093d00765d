import { createHash } from "node:crypto";

import type { Plan } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import { retainBin } from "./retain-bin.ts";

/** What went from the bin at the end of a run. */
export interface Retired {
  readonly images: number;
  readonly freedBytes: number;
  /** Why less is free than could be, in words. */
  readonly problem?: string;
}

/**
 * Takes from the bin what no longer has to be kept. What the run itself has put there stays, whatever the bin takes then: it
 * was promised a moment ago. Nothing that fails here makes the run a failed one.
 */
export async function retainAfterRun(
  bin: RecoveryBin,
  { id, bin: planned }: Plan,
  clock: Clock,
): Promise<Retired> {
  const limits = planned?.atMostBytes === undefined ? {} : { atMostBytes: planned.atMostBytes };
  const moment = { nowMs: clock(), sha256 };
  try {
    const { entries, freedBytes, postponed } = await retainBin(
      bin,
      { ...limits, sparedPlanId: id },
      moment,
    );
    const problem =
      postponed === undefined
        ? {}
        : { problem: `the recovery bin frees space later: ${postponed}` };
    return { images: entries.length, freedBytes, ...problem };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      images: 0,
      freedBytes: 0,
      problem: `nothing old went from the recovery bin: ${detail}`,
    };
  }
}

function sha256(chunks: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
