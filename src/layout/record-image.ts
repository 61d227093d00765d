import { isJsonObject } from "../oci/json-object.ts";
import type { Describer } from "../ports/removed-record.ts";
import { createLayoutDetails } from "./layout-details.ts";
import { LayoutError } from "./layout-error.ts";

/** Tells what an image is by its documents; of a layout there is nothing else to tell. */
export function createLayoutDescriber(directory: string): Describer {
  const details = createLayoutDetails(directory);
  return {
    async describe(kind, id) {
      if (kind !== "image") return undefined;
      try {
        const described = await details.raw(id);
        return isJsonObject(described) ? described : undefined;
      } catch (error) {
        // An image whose documents are damaged may go as well; then the inventory has all that is known of it.
        if (error instanceof LayoutError && DAMAGED.has(error.kind)) return undefined;
        throw error;
      }
    },
  };
}

const DAMAGED: ReadonlySet<LayoutError["kind"]> = new Set(["not-found", "corrupt"]);
