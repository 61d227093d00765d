import type { Clock } from "../ports/clock.ts";
import type { BinRemoval } from "../ports/recovery-bin.ts";
import { asBinError } from "./bin-error.ts";
import { WAIT_FOR_WRITERS_MS, type BinHold } from "./bin-hold.ts";
import type { BinIndex } from "./bin-index.ts";
import { isLayout } from "./create-layout.ts";
import { LayoutError } from "./layout-error.ts";
import { sweepBin } from "./sweep-bin.ts";
import { withWriteLock } from "./write-lock.ts";

/** What keeps a sweep from deleting anything, and passes or is told of elsewhere. */
const POSTPONED: ReadonlySet<LayoutError["kind"]> = new Set([
  "busy",
  "changing",
  "unknown-content",
]);

/** Frees what no entry needs, once nobody is putting anything into the bin. */
export async function sweepHeld(
  root: string,
  hold: BinHold,
  index: BinIndex,
  clock: Clock,
): Promise<BinRemoval> {
  if (!(await isLayout(root))) return { freedBytes: 0 };
  try {
    const freedBytes = await hold.alone(
      () =>
        withWriteLock(root, async () => {
          const { foreign } = await index.read();
          return sweepBin(root, { nowMs: clock(), hasForeign: foreign.length > 0 });
        }),
      WAIT_FOR_WRITERS_MS,
    );
    if (freedBytes !== undefined) return { freedBytes };
    return { freedBytes: 0, postponed: "another Plimsoll is putting images into the bin" };
  } catch (error) {
    if (!(error instanceof LayoutError) || !POSTPONED.has(error.kind))
      throw asBinError(error, root);
    return { freedBytes: 0, postponed: error.detail };
  }
}
