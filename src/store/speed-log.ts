import type { FactsCache } from "../ports/facts-cache.ts";
import type { SpeedLog } from "../ports/speed-log.ts";
import type { RecoverySpeeds } from "../plan/recovery-time.ts";

const SCOPE = "recovery-speeds:1";

/** Speeds of one target. What was measured last counts as much as everything before it. */
export function createSpeedLog(cache: FactsCache, target: string): SpeedLog {
  const read = (): Partial<RecoverySpeeds> => {
    const text = cache.read(SCOPE, [target]).get(target);
    return text === undefined ? {} : speedsIn(JSON.parse(text));
  };
  return {
    read,
    note(measured) {
      const before = read();
      const after = { ...before };
      for (const kind of ["archiveBytesPerSecond", "backupBytesPerSecond"] as const) {
        const now = measured[kind];
        if (now !== undefined) after[kind] = Math.round((now + (before[kind] ?? now)) / 2);
      }
      cache.write(SCOPE, new Map([[target, JSON.stringify(after)]]));
    },
  };
}

/** A cache may hold anything: what is no speed is none. */
function speedsIn(value: unknown): { -readonly [K in keyof RecoverySpeeds]?: number } {
  const { archiveBytesPerSecond, backupBytesPerSecond } = Object(value) as Record<string, unknown>;
  return {
    ...(isSpeed(archiveBytesPerSecond) ? { archiveBytesPerSecond } : {}),
    ...(isSpeed(backupBytesPerSecond) ? { backupBytesPerSecond } : {}),
  };
}

function isSpeed(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
