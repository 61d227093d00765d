import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgesOf, deleteBridge } from "./bridges.ts";
import { controlGroupsOf, removeControlGroup } from "./control-groups.ts";
import { runsAsRoot } from "./engine-kinds.ts";
import { mountsBelow } from "./mounts.ts";
import { endProcessesOf, isAlive, startTimeOf } from "./processes.ts";

/** Short, because sockets lie below: Podman takes no more than 50 characters, the kernel no more than 107. */
const PREFIX = "plimsoll-eng-";
const NUMBER_BASE = 36;
const live = new Set<string>();
let exitHookInstalled = false;

/**
 * A folder for one engine. Its name tells the process that owns it, so that what a killed test run left behind is
 * cleared away by the next one; whatever is still there when this process exits goes with it.
 */
export function createScratchFolder(): string {
  installExitHook();
  discardAbandonedFolders();
  const owner = [process.pid, startTimeOf(process.pid)];
  const name = owner.map((number) => `${number.toString(NUMBER_BASE)}-`).join("");
  const folder = mkdtempSync(join(tmpdir(), PREFIX + name));
  live.add(folder);
  return folder;
}

/**
 * Ends every process that runs on the folder, unmounts all below it, takes its bridges and control groups out of the
 * kernel, and removes it.
 */
export async function discardScratchFolder(folder: string): Promise<void> {
  release(folder);
  if (runsAsRoot()) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  else removeMapped(folder);
  live.delete(folder);
}

function discardNow(folder: string): void {
  release(folder);
  if (runsAsRoot()) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  else removeMapped(folder);
  live.delete(folder);
}

/** Files of a user's own Podman belong to users that only its user namespace can act for. */
function removeMapped(folder: string): void {
  execFileSync("podman", ["unshare", "rm", "-rf", folder], { stdio: "ignore" });
}

function release(folder: string): void {
  endProcessesOf(folder);
  for (const mount of mountsBelow(folder)) {
    try {
      execFileSync("umount", [mount], { stdio: "ignore" });
    } catch {
      execFileSync("umount", ["--lazy", mount], { stdio: "ignore" });
    }
  }
  for (const bridge of bridgesOf(folder)) deleteBridge(bridge);
  for (const group of controlGroupsOf(folder)) removeControlGroup(group);
}

function discardAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const [pid = 0, startTime = 0] = name
      .slice(PREFIX.length)
      .split("-")
      .map((digits) => Number.parseInt(digits, NUMBER_BASE));
    if (isAlive(pid) && startTimeOf(pid) === startTime) continue;
    const folder = join(tmpdir(), name);
    try {
      discardNow(folder);
    } catch (error) {
      // Another run may be clearing it away at this moment, or another user own it: no reason to fail this one.
      process.emitWarning(`${folder}, left by an earlier run, could not be cleared away: ${error}`);
    }
  }
}

function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.once("exit", () => {
    for (const folder of live) discardNow(folder);
  });
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => process.exit(status));
}
