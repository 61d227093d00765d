import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

/** `-` is standard input. */
export function readTextFile(path: string): Promise<string> {
  return path === "-" ? text(process.stdin) : readFile(path, "utf8");
}

/** Beside the file and then in its place: a reader finds the old text or the new one. */
export async function writeTextFile(
  path: string,
  content: string | Iterable<string>,
): Promise<void> {
  const scratch = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(scratch, content, { flag: "wx" });
    await rename(scratch, path);
  } catch (error) {
    await rm(scratch, { force: true });
    throw error;
  }
}
