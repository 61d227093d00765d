import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { OpenOptions } from "./open-options.ts";

/** The recovery bin of this user. */
export async function openBin({
  settings,
  clock,
}: Pick<OpenOptions, "settings" | "clock">): Promise<RecoveryBin> {
  const { openRecoveryBin } = await import("../layout/recovery-bin.ts");
  return openRecoveryBin(settings.binDir, clock);
}
