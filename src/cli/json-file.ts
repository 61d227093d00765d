import { CliError } from "./cli-error.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";
import { jsonChunks } from "./json-chunks.ts";

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "it may not be read by this user",
  EISDIR: "it is a folder",
};

/** Why a file or folder cannot be read, for people. */
export function fileCause(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  return CAUSES[code] ?? String(error);
}

const WRITE_CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder does not exist",
  EACCES: "this user may not write there",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

export function cannotWrite(path: string, error: unknown): CliError {
  const { code = "" } = error as NodeJS.ErrnoException;
  const detail = error instanceof Error ? error.message : String(error);
  return new CliError(`cannot write ${path}: ${WRITE_CAUSES[code] ?? detail}`);
}

/** The text of a file, or of standard input for `-`. `what` names it in errors: `plan`, `inventory`. */
export async function readNamedFile(
  context: CliContext,
  path: string,
  what: string,
  maxBytes?: number,
  nextSteps: readonly string[] = [],
): Promise<string> {
  try {
    return await context.files.read(path, maxBytes);
  } catch (error) {
    throw new CliError(
      `cannot read the ${what} ${nameOf(path)}: ${fileCause(error)}`,
      nextSteps,
      EXIT.usage,
    );
  }
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : path;
}

/** The JSON value of a file, or of standard input for `-`. */
export async function readJsonFile(
  context: CliContext,
  path: string,
  what: string,
): Promise<unknown> {
  const text = await readNamedFile(context, path, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    // The parser quotes the text, line breaks and all.
    throw new CliError(
      `the ${what} ${nameOf(path)} is not JSON: ${detail.replaceAll(/\s+/g, " ")}`,
      [],
      EXIT.usage,
    );
  }
}

/** Writes a JSON document, of any length, at once or not at all. */
export async function writeJsonFile(
  context: CliContext,
  path: string,
  value: object,
): Promise<void> {
  try {
    await context.files.write(path, jsonChunks(value));
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
