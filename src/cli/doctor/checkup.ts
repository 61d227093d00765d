/** `note`: works, but not at its best. */
export type CheckupState = "ok" | "note" | "broken";

export interface Checkup {
  readonly state: CheckupState;
  readonly subject: string;
  readonly detail: string;
  /** What to do about it, a sentence each. */
  readonly next: readonly string[];
}

export function checkup(
  state: CheckupState,
  subject: string,
  detail: string,
  ...next: readonly string[]
): Checkup {
  return { state, subject, detail, next };
}
