import { statfsSync } from "node:fs";
import { cacheFolder } from "../test/harness/debian-packages.ts";
import { availableEngines, storeOf, type EngineKind } from "../test/harness/engine-kinds.ts";
import { startEngine, type RunningEngine } from "../test/harness/engines.ts";
import type { LaunchOptions } from "../test/harness/engine-launch.ts";
import { attempt } from "./figure.ts";

const MEMORY_FOLDER = "/dev/shm";
const ENOUGH_MEMORY_BYTES = 4e9;

/** Measures on an engine of its own, which is gone afterwards. Without such an engine here the figure is missing. */
export function onEngine(
  what: string,
  kind: EngineKind,
  measure: (engine: RunningEngine) => Promise<void>,
  options: LaunchOptions = {},
): Promise<void> {
  return attempt(what, async () => {
    const reason = availableEngines().find((each) => each.kind === kind)?.reason;
    if (reason !== undefined) throw new Error(reason);
    const engine = await startEngine(kind, options);
    try {
      await measure(engine);
    } finally {
      await engine.stop();
    }
  });
}

/**
 * Lets the engines that are started from now on keep their data in memory, where there is enough: loading a thousand
 * images takes a fraction of the time. What writes to a disk waits for it; what is measured so should not.
 */
export function keepEnginesInMemory(): void {
  process.env["PLIMSOLL_TEST_CACHE"] = cacheFolder(); // unpacked packages stay where other runs find them
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize >= ENOUGH_MEMORY_BYTES) process.env["TMPDIR"] = MEMORY_FOLDER;
  } catch {
    // No such folder on this machine: the disk it is.
  }
}

/** `docker-latest` with the version it turned out to be. */
export function describeEngine({ kind, product, versions }: RunningEngine): string {
  const version = versions[product === "podman" ? "podman" : "docker.io"];
  const store = storeOf(kind) === "containerd" ? ", containerd store" : ", graphdriver";
  return `${product} ${version?.replace(/\+dfsg.*|\+ds.*/, "") ?? "?"}${product === "docker" ? store : ""}`;
}
