import type { ActionKind } from "../plan/plan.ts";
import type { RunAccount } from "./run-account.ts";

const NAMES: Readonly<Partial<Record<ActionKind, readonly [one: string, several: string]>>> = {
  "remove-container": ["container", "containers"],
  "remove-volume": ["volume", "volumes"],
  "prune-build-cache": ["build-cache record", "build-cache records"],
};

/** Bytes of containers, volumes and cache records, as far as the target told them; which it did not, in words. */
export function measureResources(account: RunAccount): { bytes?: number; detail: string } {
  let bytes: number | undefined;
  const untold = new Map<ActionKind, number>();
  for (const { action, outcome } of account.applied()) {
    if (NAMES[action.kind] === undefined) continue;
    if (outcome.freedBytes !== undefined) bytes = (bytes ?? 0) + outcome.freedBytes;
    else if (action.freesBytes > 0) untold.set(action.kind, (untold.get(action.kind) ?? 0) + 1);
  }
  const parts = [...untold].map(([kind, count]) => {
    const [one, several] = NAMES[kind] ?? ["", ""];
    return `${count} ${count === 1 ? one : several}`;
  });
  const detail = parts.length === 0 ? "" : `not measured: ${parts.join(", ")}`;
  return { ...(bytes === undefined ? {} : { bytes }), detail };
}
