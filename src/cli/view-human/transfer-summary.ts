import { formatSize } from "../../policy/size.ts";
import type { TransferProgress } from "../../ports/image-transfer.ts";

/** What engines say of a layer that needs nothing more. */
const SETTLED =
  /^(?:Pull complete|Download complete|Already exists|Pushed|Layer already exists|Mounted from)/;

interface LayerState {
  readonly status: string;
  readonly currentBytes: number;
  readonly totalBytes: number;
  readonly settled: boolean;
}

export interface TransferSummary {
  add(progress: TransferProgress): void;
  /** One line: how many layers are done, and the bytes of those in flight. */
  describe(): string;
}

/** Adds up what an engine tells layer by layer. */
export function createTransferSummary(): TransferSummary {
  const layers = new Map<string, LayerState>();
  let message = "";
  return {
    add({ id, status, currentBytes, totalBytes }) {
      if (id === "") {
        message = status;
        return;
      }
      const before = layers.get(id);
      layers.set(id, {
        status,
        currentBytes: currentBytes ?? before?.currentBytes ?? 0,
        totalBytes: totalBytes ?? before?.totalBytes ?? 0,
        settled: SETTLED.test(status),
      });
    },
    describe() {
      if (layers.size === 0) return message;
      const moving = [...layers.values()].filter(({ settled }) => !settled);
      const done = layers.size - moving.length;
      const current = moving.reduce((sum, layer) => sum + layer.currentBytes, 0);
      const total = moving.reduce((sum, layer) => sum + layer.totalBytes, 0);
      const bytes = total === 0 ? "" : `, ${formatSize(current)} of ${formatSize(total)}`;
      const status = moving.at(-1)?.status ?? "finishing";
      return `${status}: ${done} of ${layers.size} layers done${bytes}`;
    },
  };
}
