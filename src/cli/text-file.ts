import { CliError } from "./cli-error.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read by this user",
  EISDIR: "it is a folder",
};

/** What people call a path: `-` is standard input. */
export function fileName(path: string): string {
  return path === "-" ? "standard input" : path;
}

/** The text of a file, or of standard input for `-`. `what` names it in errors: `plan`, `policy`. */
export async function readTextFile(
  context: CliContext,
  path: string,
  what: string,
): Promise<string> {
  try {
    return await context.files.read(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new CliError(
      `cannot read the ${what} ${fileName(path)}: ${CAUSES[code] ?? String(error)}`,
      [],
      EXIT.usage,
    );
  }
}
