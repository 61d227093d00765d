import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Installation } from "./cli-context.ts";
import { shellQuote } from "./policy-flags.ts";

/** By this line a launcher is known as ours. */
const MARK = "# Plimsoll as a plug-in of the docker CLI; written by plimsoll install-plugin.";
const NAME = "docker-plimsoll";

/** `absent`, `foreign`: something else has the name; `stale`: ours, but it starts another installation. */
export type LauncherState = "absent" | "foreign" | "stale" | "current";

export function launcherPath(folder: string): string {
  return join(folder, NAME);
}

/** docker runs what lies in the folder; a script that names this Node works whatever `PATH` docker has. */
function launcherText(installation: Installation): string {
  const { nodePath, programPath } = installation;
  return `#!/bin/sh\n${MARK}\nexec ${shellQuote(nodePath)} ${shellQuote(programPath)} "$@"\n`;
}

export async function launcherState(
  folder: string,
  installation: Installation,
): Promise<LauncherState> {
  let text: string;
  try {
    text = await readFile(launcherPath(folder), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    throw error;
  }
  if (!text.includes(MARK)) return "foreign";
  return text === launcherText(installation) ? "current" : "stale";
}

/** Never half written: docker may start it at any moment. */
export async function writeLauncher(folder: string, installation: Installation): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = launcherPath(folder);
  const scratch = `${path}.${process.pid}.tmp`;
  await writeFile(scratch, launcherText(installation), { flag: "wx" });
  await chmod(scratch, 0o755);
  await rename(scratch, path);
}
