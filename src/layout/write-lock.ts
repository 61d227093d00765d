import { join } from "node:path";

import { takeLock } from "./kernel-lock.ts";
import { LayoutError } from "./layout-error.ts";

export const LOCK_FILE = ".plimsoll.lock";
const WAIT_MS = 10_000;

/** Runs `action` while no other Plimsoll writes this layout. */
export async function withWriteLock<T>(
  root: string,
  action: () => Promise<T>,
  waitMs: number = WAIT_MS,
): Promise<T> {
  const unlock = await takeLock(join(root, LOCK_FILE), "exclusive", waitMs);
  if (unlock === undefined) {
    throw new LayoutError("busy", {
      file: root,
      detail: "another Plimsoll is writing this layout",
      hint: "Wait until it has ended and try again.",
    });
  }
  try {
    return await action();
  } finally {
    unlock();
  }
}
