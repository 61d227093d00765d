import type { Moment } from "./image-age.ts";
import type { Age, CalendarUnit } from "./policy.ts";

/** Criteria that count images; each keeps the first `limit` of something. */
export type CountedKind = "last" | CalendarUnit | "perMajor" | "perMinor";

/** Where an image stands among those that are counted together. */
export interface Place {
  /** What is counted together: `registry/repository`, with `:` and the captures of an expression; or the whole target. */
  readonly group: string;
  /** From 1. Of the image itself, or (calendar) of its day, week, month or year. */
  readonly rank: number;
  /** False where a newer image of its day, week, month or year comes before it. */
  readonly isFirst: boolean;
  /** `2026-W47` (calendar), `1.x`, `1.27.x` (versions). */
  readonly series?: string | undefined;
  /** How many images are counted together. */
  readonly of: number;
}

/**
 * What one criterion says of one name of an image, its value beside its limit. `holds` is undefined where that cannot be
 * told, because its age, or the version that its tag should be, is not known: this keeps.
 */
export type CriterionResult =
  | { readonly kind: "always"; readonly holds: true }
  | {
      readonly kind: "within";
      readonly holds: boolean | undefined;
      readonly by: Age;
      readonly moment: Moment | undefined;
      readonly withinMs: number;
    }
  | {
      readonly kind: CountedKind;
      readonly holds: boolean | undefined;
      readonly by: Age | "version";
      readonly limit: number;
      readonly place: Place | undefined;
    };

/** What is unknown where a criterion cannot be told. */
export function unknownOf(result: CriterionResult): "age" | "version" {
  if (result.kind === "always" || result.kind === "within") return "age";
  return result.by === "version" ? "version" : "age";
}
