import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Folders that hold other people's files, and those of tools. */
const isSkipped = (name: string): boolean => name === "node_modules" || name.startsWith(".");

/** Paths of the files below a folder whose names end so, sorted; a path that is a file is itself the only one. */
export async function findFiles(path: string, ending: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !isSkipped(name))
      .map(async (entry): Promise<readonly string[]> => {
        const inside = join(path, entry.name);
        if (entry.isDirectory()) return findFiles(inside, ending);
        return entry.isFile() && entry.name.endsWith(ending) ? [inside] : [];
      }),
  );
  return found.flat().toSorted();
}
