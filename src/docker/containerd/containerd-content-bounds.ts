/** An image by the units of content it stands on, and what they take together. */
export interface ContentStack {
  readonly units: readonly string[];
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Units that the same images stand on: what each of them takes cannot be told apart, and need not be. */
export interface ContentGroup {
  readonly units: readonly string[];
  /** Lower bound. */
  readonly minBytes: number;
}

/** Bounds settle within a few passes; each pass only narrows them. */
const MOST_PASSES = 20;

/**
 * What content takes that engines state only by image: an image's total is the sum of its groups, so that each group takes
 * at least what is left when all others take the most they can, and at most what is left when they take the least.
 */
export function boundContent(stacks: readonly ContentStack[]): readonly ContentGroup[] {
  const { groups, groupsOf } = groupUnits(stacks);
  const low = new Float64Array(groups.length);
  const high = new Float64Array(groups.length).fill(Number.MAX_SAFE_INTEGER);
  stacks.forEach((stack, position) => {
    for (const group of groupsOf[position] ?? [])
      high[group] = Math.min(high[group] ?? 0, stack.maxBytes);
  });
  for (let pass = 0, narrowed = true; narrowed && pass < MOST_PASSES; pass += 1) {
    narrowed = false;
    stacks.forEach((stack, position) => {
      const members = groupsOf[position] ?? [];
      let lowSum = 0;
      let highSum = 0;
      for (const group of members) {
        lowSum += low[group] ?? 0;
        highSum += high[group] ?? 0;
      }
      for (const group of members) {
        const [lowBefore = 0, highBefore = 0] = [low[group], high[group]];
        const least = Math.max(lowBefore, stack.minBytes - (highSum - highBefore));
        const most = Math.max(least, Math.min(highBefore, stack.maxBytes - (lowSum - lowBefore)));
        if (least === lowBefore && most === highBefore) continue;
        low[group] = least;
        high[group] = most;
        lowSum += least - lowBefore;
        highSum += most - highBefore;
        narrowed = true;
      }
    });
  }
  return groups.map((units, group) => ({ units, minBytes: Math.floor(low[group] ?? 0) }));
}

function groupUnits(stacks: readonly ContentStack[]): {
  groups: readonly (readonly string[])[];
  groupsOf: readonly (readonly number[])[];
} {
  const users = new Map<string, number[]>();
  stacks.forEach((stack, position) => {
    for (const unit of new Set(stack.units)) {
      const known = users.get(unit);
      if (known) known.push(position);
      else users.set(unit, [position]);
    }
  });
  const groups: string[][] = [];
  const groupsOf: number[][] = stacks.map(() => []);
  const groupByUsers = new Map<string, string[]>();
  for (const [unit, positions] of users) {
    const key = positions.join(" ");
    const known = groupByUsers.get(key);
    if (known) {
      known.push(unit);
      continue;
    }
    const units = [unit];
    groupByUsers.set(key, units);
    for (const position of positions) groupsOf[position]?.push(groups.length);
    groups.push(units);
  }
  return { groups, groupsOf };
}
