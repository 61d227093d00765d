/** Why a reader of the schema does not take a value. */
export interface Mistake {
  /** Reads on behind the offending text: `is no duration`. */
  readonly detail: string;
  readonly suggestion?: string;
  /** The text as it stands, in quotes, is what would be right. */
  readonly quote?: true;
  /** A value of another kind (a list, a mapping) may be right here; what this reader wants, in words. */
  readonly wanted?: string;
  /** The mistake is about the key, not its value. */
  readonly onKey?: true;
}

export function mistake(detail: string, suggestion?: string): Mistake {
  return suggestion === undefined ? { detail } : { detail, suggestion };
}

export function isMistake(value: unknown): value is Mistake {
  return typeof value === "object" && value !== null && "detail" in value;
}
