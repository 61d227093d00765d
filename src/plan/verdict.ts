import type { Reason } from "./reason.ts";

/** A name that goes although its image stays. */
export interface Untag {
  readonly reference: string;
  readonly rule: string;
  readonly detail: string;
}

/**
 * What the rules say of one image, before its neighbours are looked at. `follow`: it has no name and belongs to others
 * (an intermediate of a build, a manifest of an index, a signature); it goes when all of those go.
 */
export type Verdict =
  | {
      readonly kind: "delete";
      readonly rule: string;
      readonly detail: string;
      readonly untag: boolean;
    }
  | { readonly kind: "follow" }
  | {
      readonly kind: "keep";
      readonly reasons: readonly Reason[];
      /** Space may be made with it when the disk is too full or `--free` asks: nothing but a lack of rules keeps it. */
      readonly evictable: boolean;
      readonly untag: readonly Untag[];
    };
