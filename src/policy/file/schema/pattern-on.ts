/** What a pattern is on; each kind of text has characters that cannot be in it. */
export type PatternOn =
  | "reference"
  | "registry"
  | "repository"
  | "tag"
  | "digest"
  | "platform"
  | "label"
  | "text";

/** Texts that may have any character. */
export function isFreeText(on: PatternOn): boolean {
  return on === "text" || on === "label";
}
