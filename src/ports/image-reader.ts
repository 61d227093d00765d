import type { Inventory, Target } from "../inventory/inventory.ts";

/** Told while an inventory is taken: `total` is absent while it is unknown. */
export interface ObserveProgress {
  readonly step: string;
  readonly done: number;
  readonly total?: number;
}

export interface ObserveOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ObserveProgress) => void;
}

/** Reads a target. It cannot remove anything: that is another interface. */
export interface ImageReader {
  readonly target: Target;
  /** Takes the inventory. Rejects with the adapter's error only when nothing at all could be read. */
  observe(options: ObserveOptions): Promise<Inventory>;
}
