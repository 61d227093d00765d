import { CALENDAR, CALENDAR_UNITS } from "./calendar.ts";
import type { CountedKind, CriterionResult } from "./criterion.ts";
import { compileGroup } from "./group.ts";
import { activeMsOf, momentOf } from "./image-age.ts";
import type { KeepContext } from "./keep-rules.ts";
import { missingLibrary } from "./libraries.ts";
import type { Candidate } from "./match.ts";
import type { Age, Keep } from "./policy.ts";
import { createRanking, type Ranks } from "./ranking.ts";
import type { Version } from "./versions.ts";

/** The criteria of one `Keep` that count images together. Candidates are numbered from 0, in the order of `add`. */
export interface Counted {
  add(candidate: Candidate): void;
  rank(): void;
  /** Adds what each criterion says of the candidate with this number. */
  pushResults(number: number, results: CriterionResult[]): void;
}

/** Undefined where nothing is counted. */
export function compileCounted(keep: Keep, context: KeepContext): Counted | undefined {
  const orders = [byTime(keep, context), ...byVersion(keep, context)].flatMap(
    (order) => order ?? [],
  );
  if (orders.length === 0) return undefined;
  const groupOf = compileGroup(keep.per, context.libraries);
  return {
    add(candidate) {
      const group = groupOf(candidate);
      for (const order of orders) order.add(group, candidate);
    },
    rank() {
      for (const order of orders) order.rank();
    },
    pushResults(number, results) {
      for (const order of orders) order.pushResults(number, results);
    },
  };
}

/** Criteria that are ranked in one order. */
interface Order {
  add(group: string, candidate: Candidate): void;
  rank(): void;
  pushResults: Counted["pushResults"];
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
  readonly rows: readonly Row<Key>[];
  /** Undefined where it is not known: this is not counted. */
  readonly keyOf: (candidate: Candidate) => Key | undefined;
  /** Negative where the first comes before the second. */
  readonly compare: (a: Key, b: Key) => number;
  /** Counts apart within a group. */
  readonly lineOf?: (key: Key) => string;
}

const BEFORE_LINE = "\u0001";

function createOrder<Key>({ by, rows, keyOf, compare, lineOf }: OrderOf<Key>): Order | undefined {
  const asked = rows.flatMap(({ limit, ...row }) =>
    limit === undefined ? [] : [{ ...row, limit }],
  );
  if (asked.length === 0) return undefined;
  const ranking = createRanking(compare);
  const keys: (Key | undefined)[] = [];
  let ranks: readonly Ranks[] = [];
  return {
    add(group, candidate) {
      const key = keyOf(candidate);
      keys.push(key);
      const line = key === undefined || lineOf === undefined ? "" : BEFORE_LINE + lineOf(key);
      ranking.add(group + line, candidate.image.id, key);
    },
    rank() {
      ranks = asked.map(({ isSame }) => ranking.rank(isSame));
    },
    pushResults(number, results) {
      const key = keys[number];
      asked.forEach(({ kind, limit, seriesOf }, index) => {
        const found = ranks[index]?.(number);
        if (found === undefined || key === undefined) {
          results.push({ kind, holds: undefined, by, limit, place: undefined });
          return;
        }
        const { rank, isFirst, groupSize: of } = found;
        const [group = ""] = found.group.split(BEFORE_LINE);
        const series = seriesOf(key);
        const place = { group, rank, isFirst, of, ...(series === undefined ? {} : { series }) };
        results.push({ kind, holds: isFirst && rank <= limit, by, limit, place });
      });
    },
  };
}

const never = (): boolean => false;
const none = (): undefined => undefined;

/** The newest first: `last`, where it goes by time, and the calendar. */
function byTime(keep: Keep, { calendar: { toWall } }: KeepContext): Order | undefined {
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
    rows: [{ kind: "last", limit: last, isSame: never, seriesOf: none }, ...units],
    keyOf: ({ image }) => momentOf(image, by)?.atMs,
    compare: (a, b) => b - a,
  });
}

/** A version, and when what has it was active: of two images with one version the later comes first. */
interface VersionKey {
  readonly version: Version;
  readonly activeMs: number;
}

/** The highest version first: of all, of each major and of each minor version. */
function byVersion(keep: Keep, { libraries: { versions } }: KeepContext): (Order | undefined)[] {
  const last = keep.by === "version" ? keep.last : undefined;
  const { perMajor, perMinor } = keep;
  if ([last, perMajor, perMinor].every((limit) => limit === undefined)) return [];
  if (versions === undefined) throw missingLibrary("versions");
  const ordered = (
    kind: CountedKind,
    limit: number | undefined,
    lineOf?: OrderOf<VersionKey>["lineOf"],
  ) =>
    createOrder<VersionKey>({
      by: "version",
      rows: [{ kind, limit, isSame: never, seriesOf: lineOf ?? none }],
      keyOf({ image, name }) {
        const version = name?.tag === undefined ? undefined : versions.parse(name.tag);
        const activeMs = activeMsOf(image);
        return version && { version, activeMs: Number.isNaN(activeMs) ? 0 : activeMs };
      },
      compare: (a, b) => versions.compare(b.version, a.version) || b.activeMs - a.activeMs,
      ...(lineOf === undefined ? {} : { lineOf }),
    });
  return [
    ordered("last", last),
    ordered("perMajor", perMajor, ({ version }) => `${version.major}.x`),
    ordered("perMinor", perMinor, ({ version }) => `${version.major}.${version.minor}.x`),
  ];
}
