import { LayoutError, toLayoutError } from "./layout-error.ts";

/** Says of errors what they mean for the bin, where the words for a layout of any kind would not help. */
export function asBinError(cause: unknown, root: string): unknown {
  const error = toLayoutError(cause, root);
  if (!(error instanceof LayoutError)) return error;
  if (error.kind === "full") {
    return new LayoutError("full", {
      file: root,
      detail: `${error.detail}: the recovery bin cannot take more; what was begun there is taken away again`,
      hint: "Name a bin on another disk with --bin, make room with plimsoll bin empty, or let the policy keep no more than a record (recovery: record).",
      cause: error,
    });
  }
  if (error.kind === "permission-denied") {
    return new LayoutError("permission-denied", {
      file: error.file,
      detail: error.detail,
      hint: "Run as the user who put it there (sudo, where that was root), or name another recovery bin with --bin.",
      cause: error,
    });
  }
  return error;
}
