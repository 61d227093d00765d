/**
 * Ranks members within groups, the highest key first. Members are numbered from 0 in the order in which they are added;
 * those of one group with one ID are one, and have the rank of the highest of them.
 */
export interface Ranking<Key> {
  /** Without a key a member has no rank, and is not counted. */
  add(group: string, id: string, key: Key | undefined): void;
  /** Ranks all that were added, in buckets: `isSame` tells whether two members, the higher one first, share one. */
  rank(isSame: (key: Key, next: Key) => boolean): Ranks;
}

/** The rank of a member; undefined for one without a key. */
export type Ranks = (member: number) => Rank | undefined;

export interface Rank {
  readonly group: string;
  /** Of the bucket, from 1. */
  readonly rank: number;
  /** Whether it is the highest of its bucket. */
  readonly isFirst: boolean;
  /** How many there are in the group. */
  readonly groupSize: number;
}

interface Member<Key> {
  readonly index: number;
  readonly id: string;
  readonly key: Key;
}

interface Group<Key> {
  readonly name: string;
  readonly members: Member<Key>[];
  size: number;
}

/**
 * `compare` answers a negative number where the first key is the higher one. Equal keys are ordered by ID. `oneKeyPerId`:
 * members with one ID have equal keys, so that they stand together once they are sorted.
 */
export function createRanking<Key>(
  compare: (a: Key, b: Key) => number,
  oneKeyPerId: boolean,
): Ranking<Key> {
  const groups = new Map<string, Group<Key>>();
  const groupOf: (Group<Key> | undefined)[] = [];
  let sorted = 0;
  const sort = (): void => {
    if (sorted === groupOf.length) return;
    sorted = groupOf.length;
    for (const { members } of groups.values())
      members.sort((a, b) => compare(a.key, b.key) || compareIds(a.id, b.id));
  };
  return {
    add(name, id, key) {
      const index = groupOf.length;
      if (key === undefined) {
        groupOf.push(undefined);
        return;
      }
      const group = groups.get(name) ?? { name, members: [], size: 0 };
      if (group.members.push({ index, id, key }) === 1) groups.set(name, group);
      groupOf.push(group);
    },
    rank(isSame) {
      sort();
      // Negative where another of the bucket is higher.
      const ranks = new Int32Array(groupOf.length);
      for (const group of groups.values()) {
        const rankOf = oneKeyPerId ? undefined : new Map<string, number>();
        group.size = rankGroup(group.members, isSame, ranks, rankOf);
      }
      return (index) => {
        const group = groupOf[index];
        const rank = ranks[index] ?? 0;
        if (group === undefined) return undefined;
        return {
          group: group.name,
          rank: Math.abs(rank),
          isFirst: rank > 0,
          groupSize: group.size,
        };
      };
    },
  };
}

/** Answers how many different members there are. `rankOf` remembers IDs where those of one member do not stand together. */
function rankGroup<Key>(
  members: readonly Member<Key>[],
  isSame: (key: Key, next: Key) => boolean,
  ranks: Int32Array,
  rankOf: Map<string, number> | undefined,
): number {
  let size = 0;
  let bucket = 0;
  let previous: Member<Key> | undefined;
  for (const member of members) {
    const { index, id, key } = member;
    const known = previous?.id === id ? ranks[previous.index] : rankOf?.get(id);
    if (known !== undefined) {
      ranks[index] = known;
      continue;
    }
    const isFirst = previous === undefined || !isSame(previous.key, key);
    if (isFirst) bucket += 1;
    const rank = isFirst ? bucket : -bucket;
    ranks[index] = rank;
    rankOf?.set(id, rank);
    previous = member;
    size += 1;
  }
  return size;
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
