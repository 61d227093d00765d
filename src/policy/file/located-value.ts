/** A value from a file with where it stands; offsets count UTF-16 units of the text. */
export interface LocatedValue {
  /** As JSON has it. */
  readonly value: unknown;
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  readonly isScalar: boolean;
  /** Of a mapping, merged keys included. */
  readonly entries?: ReadonlyMap<string, LocatedEntry>;
  /** Of a list. */
  readonly members?: readonly LocatedValue[];
  /** How many values it stands for, itself and repeated ones included. */
  readonly weight: number;
  /** Levels of collections in it; 0 for a scalar. */
  readonly depth: number;
}

export interface LocatedEntry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: LocatedValue;
}

export type ValuePath = readonly (string | number)[];

/** What stands at a path; undefined where nothing does. */
export function valueAt(root: LocatedValue, path: ValuePath): LocatedValue | undefined {
  let at: LocatedValue | undefined = root;
  for (const step of path) {
    at = typeof step === "number" ? at?.members?.[step] : at?.entries?.get(step)?.value;
  }
  return at;
}

/** The key that a path ends in. */
export function keyAt(root: LocatedValue, path: ValuePath): LocatedEntry | undefined {
  const last = path.at(-1);
  return typeof last === "string"
    ? valueAt(root, path.slice(0, -1))?.entries?.get(last)
    : undefined;
}
