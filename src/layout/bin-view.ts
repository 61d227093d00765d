import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import type { BinView } from "../ports/bin-view.ts";
import type { Clock } from "../ports/clock.ts";
import { asBinError } from "./bin-error.ts";
import { isLayout } from "./create-layout.ts";
import { systemErrorCode } from "./layout-error.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

/** Looks at the bin in a directory; where none is yet, at the place where it would be made. */
export async function viewBin(directory: string, clock: Clock): Promise<BinView> {
  try {
    return await view(directory, clock);
  } catch (error) {
    throw asBinError(error, directory);
  }
}

async function view(directory: string, clock: Clock): Promise<BinView> {
  const bin = (await isLayout(directory)) ? await openRecoveryBin(directory, clock) : undefined;
  const ground = await nearestDirectory(directory);
  const { bavail, bsize } = await statfs(ground);
  const device = await deviceOf(ground);
  return {
    directory,
    freeBytes: bavail * bsize,
    holds: (digest) => bin?.holds(digest) ?? false,
    isOnDiskOf: async (path) => device !== undefined && (await deviceOf(path)) === device,
  };
}

async function nearestDirectory(path: string): Promise<string> {
  return path === dirname(path) || (await exists(path)) ? path : nearestDirectory(dirname(path));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function deviceOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).dev;
  } catch (error) {
    // A data root in a place closed to this user: nothing is known of its disk.
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
