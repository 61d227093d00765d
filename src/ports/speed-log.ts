import type { RecoverySpeeds } from "../plan/recovery-time.ts";

/** How fast ways back were made here before. Losing it costs a worse guess, nothing else. */
export interface SpeedLog {
  read(): Partial<RecoverySpeeds>;
  /** Of one run. */
  note(measured: Partial<RecoverySpeeds>): void;
}
