import type { Accuracy } from "../../inventory/inventory.ts";
import { formatSize } from "../../policy/size.ts";

/** A figure that says how sure it is: `1.2GB`, `at least 1.2GB`, `up to 1.2GB`. */
export function formatPredicted(bytes: number, accuracy: Accuracy): string {
  const size = formatSize(bytes);
  switch (accuracy.kind) {
    case "exact":
      return size;
    case "at-least":
      return `at least ${size}`;
    case "up-to":
      return `up to ${size}`;
    default:
      return accuracy.kind satisfies never;
  }
}

/** `1 image`, `2 images`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`;
}
