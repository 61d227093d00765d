import type { Calendar } from "./calendar.ts";
import type { PolicyLibraries } from "./libraries.ts";

/** What evaluating criteria takes besides images. */
export interface KeepContext {
  readonly nowMs: number;
  readonly calendar: Calendar;
  readonly libraries: PolicyLibraries;
}
