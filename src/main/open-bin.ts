import { resolve } from "node:path";

import type { BinView } from "../ports/bin-view.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { OpenOptions } from "./open-options.ts";

/** The recovery bin of this user, or the one in a directory. */
export async function openBin(
  { settings, clock }: Pick<OpenOptions, "settings" | "clock">,
  directory = settings.binDir,
): Promise<RecoveryBin> {
  const { openRecoveryBin } = await import("../layout/recovery-bin.ts");
  return openRecoveryBin(resolve(directory), clock, settings.binIdentity);
}

/** The same, only looked at: none is made where none is. */
export async function viewBin(
  { settings, clock }: Pick<OpenOptions, "settings" | "clock">,
  directory = settings.binDir,
): Promise<BinView> {
  const layout = await import("../layout/bin-view.ts");
  return layout.viewBin(resolve(directory), clock);
}
