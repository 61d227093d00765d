import type { Target } from "../inventory/inventory.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * What the memory of a target is filed under: the engine's own identity where it has one, so that its socket, its TCP
 * port and an SSH address mean the same memory; else the address (a layout's is its real path).
 */
export function targetKey(target: Target, engineId: string | undefined): string {
  return engineId === undefined || engineId === ""
    ? `${target.kind}:${target.address}`
    : `engine:${engineId}`;
}

/**
 * What `--target` takes for what a key means: a registry or a layout. Undefined for an engine, which may be reached in ways that
 * no address tells.
 */
export function addressOfKey(key: string): string | undefined {
  return /^(?:registry|layout):(.+)$/s.exec(key)?.[1];
}

/** Whether a plan was made for this target, whose key that is. */
export function isMadeFor(plan: Plan, target: Target, key: string): boolean {
  const { kind, address, id } = plan.target;
  return id === undefined
    ? kind === target.kind && address === target.address
    : targetKey(plan.target, id) === key;
}
