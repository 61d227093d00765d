import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VolumeError } from "./volume-error.ts";

/** Beside the folder that it will be: a volume is filled there, and shown whole. */
const UNFINISHED = ".plimsoll-unfinished";

/**
 * Everything that a file system tells of a file, and the same archive for the same files: names of pax headers, and of
 * sparse files in later versions, would hold the number of the process.
 */
const EXACT = ["--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*"];
const CREATE = [
  "--create",
  "--format=posix",
  "--sort=name",
  "--sparse",
  "--sparse-version=0.0",
  "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
];
const EXTRACT = ["--extract", "--same-owner", "--preserve-permissions"];

/** Reads the folder of a volume on this machine as a tar; names in it begin with `volume/`. */
export async function* readFolder(folder: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const names = String.raw`--transform=s,^\.,volume,S`;
  const words = [...CREATE, ...EXACT, names, "--file=-", `--directory=${folder}`, "."];
  const tar = startTar(words, signal);
  try {
    for await (const chunk of tar.stdout) yield chunk as Uint8Array;
    await tar.ended;
  } finally {
    // Whoever reads may leave before the end.
    tar.kill();
  }
}

/** Fills the empty folder of a volume, at once: whatever happens on the way, it stays empty. */
export async function fillFolder(
  folder: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = join(dirname(folder), UNFINISHED);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const names = "--transform=s,^volume,.,S";
    const words = [...EXTRACT, ...EXACT, names, "--file=-", `--directory=${unfinished}`];
    const tar = startTar(words, signal);
    await Promise.all([writeAll(tar, content), tar.ended]);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a folder is there, as far as this user can look. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** Other tars know nothing of ACLs, extended attributes and sparse files. */
export async function hasGnuTar(): Promise<boolean> {
  const tar = startTar(["--version"], new AbortController().signal);
  let said = "";
  try {
    for await (const chunk of tar.stdout) said += String(chunk);
    await tar.ended;
  } catch (error) {
    if (error instanceof VolumeError) return false;
    throw error;
  }
  return said.startsWith("tar (GNU tar)");
}

type RunningTar = ReturnType<typeof startTar>;

function startTar(words: readonly string[], signal: AbortSignal) {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn("tar", words, { stdio: ["pipe", "pipe", "pipe"], signal });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(0, MOST_COMPLAINT);
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", (error) => reject(new VolumeError(`tar: ${error.message}`)));
  child.once("close", (status) => {
    if (status === 0) resolve();
    else reject(new VolumeError(complaint.trim() || `tar ended with status ${status}`));
  });
  // Who reads its output hears of the end afterwards.
  ended.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended, kill: () => child.kill("SIGKILL") };
}

/** Enough to see what it was about. */
const MOST_COMPLAINT = 500;

/** What the content throws ends the program: it must not take a part for the whole. */
async function writeAll(tar: RunningTar, content: AsyncIterable<Uint8Array>): Promise<void> {
  const { pipeline } = await import("node:stream/promises");
  try {
    await pipeline(content, tar.stdin);
  } catch (error) {
    tar.kill();
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
    throw error;
  }
}
