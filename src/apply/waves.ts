import type { Action } from "../plan/plan.ts";

/** Positions of the actions by wave, earliest wave first, in plan order within one. */
export function wavesOf(actions: readonly Action[]): readonly (readonly number[])[] {
  const waves = new Map<number, number[]>();
  for (const [index, { wave }] of actions.entries()) {
    const members = waves.get(wave);
    if (members) members.push(index);
    else waves.set(wave, [index]);
  }
  return [...waves].toSorted(([one], [other]) => one - other).map(([, members]) => members);
}
