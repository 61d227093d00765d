import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CacheRecord } from "../../inventory/resources.ts";
import type { FactsCache } from "../../ports/facts-cache.ts";

/** Every change of the build cache, and every build that begins or ends, is written to one of these. */
const DATABASES = ["snapshots.db", "metadata_v2.db", "cache.db", "containerdmeta.db"];
const KEY = "records";

interface Remembered {
  readonly state: string;
  readonly records: readonly CacheRecord[];
}

/**
 * The build cache of an engine before API 1.42, which tells of it only together with all else that takes disk space, three
 * times as slowly as it lists its images. `rootDir` is the engine's own data root, where it can be read: while BuildKit's
 * databases there are as they were, so is what the engine said.
 */
export async function rememberBuildCache(
  cache: FactsCache,
  scope: string,
  rootDir: string | undefined,
  read: () => Promise<readonly CacheRecord[]>,
): Promise<readonly CacheRecord[]> {
  const state = rootDir === undefined ? undefined : await stateOf(rootDir);
  if (state === undefined) return read();
  const ownScope = `${scope}/build-cache`;
  const text = cache.read(ownScope, [KEY]).get(KEY);
  const remembered = text === undefined ? undefined : (JSON.parse(text) as Remembered);
  if (remembered?.state === state) return remembered.records;
  const records = await read();
  cache.write(ownScope, new Map([[KEY, JSON.stringify({ state, records } satisfies Remembered)]]));
  return records;
}

/** Undefined where there is no such file: then it is not known where BuildKit keeps them. */
async function stateOf(rootDir: string): Promise<string | undefined> {
  try {
    const all = await Promise.all(
      DATABASES.map((name) => stat(join(rootDir, "buildkit", name), { bigint: true })),
    );
    return all.map(({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`).join(" ");
  } catch {
    return undefined;
  }
}
