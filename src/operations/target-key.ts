import type { Target } from "../inventory/inventory.ts";

/**
 * What the memory of a target is filed under: the engine's own identity where it has one, so that its socket, its TCP
 * port and an SSH address mean the same memory; else the address (a layout's is its real path).
 */
export function targetKey(target: Target, engineId: string | undefined): string {
  return engineId === undefined || engineId === ""
    ? `${target.kind}:${target.address}`
    : `engine:${engineId}`;
}
