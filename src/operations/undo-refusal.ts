/**
 * `nothing-removed`: no run on this target has removed anything; `no-such-run`; `other-target`: the run was on another
 * one.
 */
export type UndoRefusalKind = "nothing-removed" | "no-such-run" | "other-target";

/** Why a run was not undone. Nothing was changed. */
export class UndoRefusal extends Error {
  override readonly name = "UndoRefusal";
  readonly kind: UndoRefusalKind;
  readonly hint: string;

  constructor(kind: UndoRefusalKind, message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}
