import type { Inventory } from "../../src/inventory/inventory.ts";
import type { TargetSession } from "../../src/operations/target-session.ts";
import type { ImageDetails } from "../../src/ports/image-details.ts";

/** A session on an inventory made by hand, at which one can only look. `observed` counts the inventories taken. */
export function lookOnlyTarget(
  inventory: Inventory,
  details: Partial<ImageDetails> = {},
): TargetSession & { observed: number } {
  return {
    target: inventory.target,
    key: () => Promise.resolve(`${inventory.target.kind}:${inventory.target.address}`),
    observed: 0,
    observe() {
      this.observed += 1;
      return Promise.resolve(inventory);
    },
    apply: () => Promise.reject(new Error("this target can only be looked at")),
    reconcile: () => Promise.resolve([]),
    details: {
      raw: (id) => Promise.resolve({ Id: id, Os: "linux" }),
      layers: () => Promise.resolve([]),
      ...details,
    },
    close: () => Promise.resolve(),
  };
}
