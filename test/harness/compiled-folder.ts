import { join } from "node:path";
import { cacheFolder } from "./debian-packages.ts";

/**
 * What Node makes of the sources, for all processes that tests start (NODE_COMPILE_CACHE): it is found by content, and a
 * start with it takes a third of the time.
 */
export function compiledFolder(): string {
  return join(cacheFolder(), "compiled");
}
