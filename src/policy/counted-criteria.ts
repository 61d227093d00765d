import { CALENDAR, CALENDAR_UNITS } from "./calendar.ts";
import type { CountedKind, CriterionResult, Place } from "./criterion.ts";
import { compileGroup, type GroupOf } from "./group.ts";
import { activeMsOf, momentOf } from "./image-age.ts";
import type { KeepContext } from "./keep-context.ts";
import { missingLibrary } from "./libraries.ts";
import type { Candidate } from "./match.ts";
import type { Age, Keep } from "./policy.ts";
import { createRanking, type Rank, type Ranks } from "./ranking.ts";
import type { Version } from "./versions.ts";

/** Criteria that count images together, in one order. Candidates are numbered from 0, in the order of `add`. */
export interface Counted {
  add(candidate: Candidate): void;
  rank(): void;
  /** What each says of the candidate with this number. */
  readonly criteria: readonly ((number: number) => CriterionResult)[];
}

/** None where nothing is counted. */
export function compileCounted(keep: Keep, context: KeepContext): readonly Counted[] {
  const groupOf = compileGroup(keep.per, context.libraries);
  const orders = [byTime(keep, context, groupOf), ...byVersion(keep, context, groupOf)];
  return orders.filter((order) => order !== undefined);
}

/** One criterion as a row of a table: which images share a bucket, of which only the first is kept, and its name. */
interface Row<Key> {
  readonly kind: CountedKind;
  readonly limit: number | undefined;
  readonly isSame: (key: Key, next: Key) => boolean;
  readonly seriesOf: (key: Key) => string | undefined;
}

interface OrderOf<Key> {
  readonly by: Age | "version";
  readonly groupOf: GroupOf;
  readonly rows: readonly Row<Key>[];
  /** Undefined where it is not known: this is not counted. */
  readonly keyOf: (candidate: Candidate) => Key | undefined;
  /** Negative where the first comes before the second. */
  readonly compare: (a: Key, b: Key) => number;
  /** Whether the key is the image's, and not that of one of its names. */
  readonly keyOfImage: boolean;
  /** Counts apart within a group. */
  readonly lineOf?: (key: Key) => string;
}

const BEFORE_LINE = "\u0001";

function createOrder<Key>(order: OrderOf<Key>): Counted | undefined {
  const { by, groupOf, rows, keyOf, keyOfImage, compare, lineOf } = order;
  const asked = rows.filter(({ limit }) => limit !== undefined);
  if (asked.length === 0) return undefined;
  const ranking = createRanking(compare, keyOfImage);
  const keys: (Key | undefined)[] = [];
  const ranks: Ranks[] = [];
  return {
    add(candidate) {
      const key = keyOf(candidate);
      keys.push(key);
      const line = key === undefined || lineOf === undefined ? "" : BEFORE_LINE + lineOf(key);
      ranking.add(groupOf(candidate) + line, candidate.image.id, key);
    },
    rank() {
      for (const { isSame } of asked) ranks.push(ranking.rank(isSame));
    },
    criteria: asked.map(({ kind, limit = 0, seriesOf }, index) => (number) => {
      const key = keys[number];
      const found = ranks[index]?.(number);
      if (found === undefined || key === undefined)
        return { kind, holds: undefined, by, limit, place: undefined };
      const holds = found.isFirst && found.rank <= limit;
      return { kind, holds, by, limit, place: new RankedPlace(found, key, seriesOf) };
    }),
  };
}

/** Its words are made when they are asked for: of most places nobody wants to read. */
class RankedPlace<Key> implements Place {
  readonly rank: number;
  readonly isFirst: boolean;
  readonly of: number;
  readonly #groupAndLine: string;
  readonly #key: Key;
  readonly #seriesOf: Row<Key>["seriesOf"];

  constructor({ group, rank, isFirst, groupSize }: Rank, key: Key, seriesOf: Row<Key>["seriesOf"]) {
    this.rank = rank;
    this.isFirst = isFirst;
    this.of = groupSize;
    this.#groupAndLine = group;
    this.#key = key;
    this.#seriesOf = seriesOf;
  }

  get group(): string {
    const end = this.#groupAndLine.indexOf(BEFORE_LINE);
    return end < 0 ? this.#groupAndLine : this.#groupAndLine.slice(0, end);
  }

  get series(): string | undefined {
    return this.#seriesOf(this.#key);
  }
}

const never = (): boolean => false;
const none = (): undefined => undefined;

/** The newest first: `last`, where it goes by time, and the calendar. */
function byTime(
  keep: Keep,
  { calendar: { toWall } }: KeepContext,
  groupOf: GroupOf,
): Counted | undefined {
  const by = keep.by === undefined || keep.by === "version" ? "active" : keep.by;
  const last = keep.by === "version" ? undefined : keep.last;
  const units = CALENDAR_UNITS.map((kind): Row<number> => {
    const { bucketOf, nameOf } = CALENDAR[kind];
    return {
      kind,
      limit: keep[kind],
      isSame: (atMs, nextMs) => bucketOf(toWall(atMs)) === bucketOf(toWall(nextMs)),
      seriesOf: (atMs) => nameOf(toWall(atMs)),
    };
  });
  return createOrder<number>({
    by,
    groupOf,
    rows: [{ kind: "last", limit: last, isSame: never, seriesOf: none }, ...units],
    keyOf: ({ image }) => momentOf(image, by)?.atMs,
    compare: (a, b) => b - a,
    keyOfImage: true,
  });
}

/** A version, and when what has it was active: of two images with one version the later comes first. */
interface VersionKey {
  readonly version: Version;
  readonly activeMs: number;
}

/** The highest version first: of all, of each major and of each minor version. */
function byVersion(
  keep: Keep,
  { libraries: { versions } }: KeepContext,
  groupOf: GroupOf,
): readonly (Counted | undefined)[] {
  const last = keep.by === "version" ? keep.last : undefined;
  const { perMajor, perMinor } = keep;
  if ([last, perMajor, perMinor].every((limit) => limit === undefined)) return [];
  if (versions === undefined) throw missingLibrary("versions");
  const ordered = (
    kind: CountedKind,
    limit: number | undefined,
    lineOf?: OrderOf<VersionKey>["lineOf"],
  ): Counted | undefined =>
    createOrder<VersionKey>({
      by: "version",
      groupOf,
      rows: [{ kind, limit, isSame: never, seriesOf: lineOf ?? none }],
      keyOf({ image, name }) {
        const version = name?.tag === undefined ? undefined : versions.parse(name.tag);
        const activeMs = activeMsOf(image);
        return version && { version, activeMs: Number.isNaN(activeMs) ? 0 : activeMs };
      },
      compare: (a, b) => versions.compare(b.version, a.version) || b.activeMs - a.activeMs,
      keyOfImage: false,
      ...(lineOf === undefined ? {} : { lineOf }),
    });
  return [
    ordered("last", last),
    ordered("perMajor", perMajor, ({ version }) => `${version.major}.x`),
    ordered("perMinor", perMinor, ({ version }) => `${version.major}.${version.minor}.x`),
  ];
}
