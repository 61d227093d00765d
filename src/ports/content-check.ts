import type { Inventory } from "../inventory/inventory.ts";
import type { ObserveOptions } from "./image-reader.ts";

/**
 * Asks a registry anew for everything that it held by an inventory: that each tag means what it meant, each manifest by
 * reading it, each blob that a manifest names. Answers what is not there any more, a sentence each.
 */
export type ContentCheck = (
  inventory: Inventory,
  options: ObserveOptions,
) => Promise<readonly string[]>;
