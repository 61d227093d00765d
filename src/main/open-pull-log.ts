import { resolve } from "node:path";

import type { Settings } from "../config/read-settings.ts";
import type { PullLog } from "../ports/pull-log.ts";
import { createPullSpool } from "../store/pull-spool.ts";
import { createPullLog } from "../store/sqlite-pull-log.ts";

/** Where pulls are written down: the state database, or a file that its owner reads later. */
export function openPullLog(
  { stateDir, pullSpool }: Pick<Settings, "stateDir" | "pullSpool">,
  spoolFile: string | undefined,
): Pick<PullLog, "note"> & { close(): void } {
  if (spoolFile === undefined) return createPullLog(stateDir, pullSpool);
  return { ...createPullSpool(resolve(spoolFile)), close: () => undefined };
}
