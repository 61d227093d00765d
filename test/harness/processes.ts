import { readdirSync, readFileSync } from "node:fs";

const POLL_MS = 20;
const DEADLINE_MS = 60_000;

export function isAlive(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** Clock ticks from boot to the start of the process: with the pid it tells a process from a later one of that pid. */
export function startTimeOf(pid: number): number {
  return statOf(pid)?.startTime ?? 0;
}

/** Processes whose command line names the folder, and all their descendants: engine, shims, containers, builds. */
export function processesOf(folder: string): number[] {
  const children = new Map<number, number[]>();
  const found: number[] = [];
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const stat = statOf(pid);
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
    if (commandLineOf(pid).includes(folder)) found.push(pid);
  }
  const all = new Set(found);
  for (const pid of all) for (const child of children.get(pid) ?? []) all.add(child);
  return [...all];
}

/** Kills them and waits until they are gone. Synchronous, so that it also works while this process exits. */
export function endProcessesOf(folder: string): void {
  const deadline = Date.now() + DEADLINE_MS;
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    if (Date.now() > deadline)
      throw new Error(`processes ${left.join(", ")} of ${folder} do not end`);
    for (const pid of left) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Undefined for a process that is gone, or that has ended and only waits to be reaped. */
function statOf(pid: number): { parent: number; startTime: number } | undefined {
  const stat = readProc(pid, "stat");
  // The name in parentheses may hold anything; the fields after it are counted from the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (stat === "" || state === "Z" || state === "X") return undefined;
  return { parent: Number(fields[1]), startTime: Number(fields[19]) };
}

function commandLineOf(pid: number): string {
  return readProc(pid, "cmdline").replaceAll("\0", " ");
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // gone in the meantime
  }
}
