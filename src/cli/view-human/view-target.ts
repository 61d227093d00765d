import type { Target } from "../../inventory/inventory.ts";
import { printable } from "./printable.ts";

/** Its name, and its address where that says more. */
export function nameTarget({ name, address }: Target): string {
  return printable(name === address ? name : `${name} (${address})`);
}
