import * as z from "zod";

import { keepSchema } from "./keep-schema.ts";
import { mapping, optional } from "./mapping.ts";
import { matchSchema } from "./match-schema.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { patternReader } from "./patterns.ts";
import { reader, switchReader, textReader, truthWord, wordReader, type Schema } from "./reader.ts";

/** A rule's name stands in plans, one line each. */
export function nameReader(description: string): Schema<string> {
  const read = (text: string): string | Mistake => {
    if (text.trim() === "") return mistake("is an empty name");
    return /[\p{Cc}\u2028\u2029]/u.test(text)
      ? mistake("has a line break or a control character")
      : text;
  };
  return textReader("a name", read, { description });
}

const untag = reader<boolean | "only">(
  (value) =>
    value === "only" || typeof value === "boolean"
      ? value
      : mistake(
          "is neither true, false nor only",
          String(value).toLowerCase() === "only" ? "only" : truthWord(value),
        ),
  {
    enum: [true, false, "only"],
    description:
      "true: names may go although the image stays. only: nothing but names goes, the image stays even without any.",
  },
);

export const imageRuleSchema = mapping("an image rule", {
  name: optional(nameReader("What plans call this rule; one name, one rule.")),
  match: optional(matchSchema),
  keep: keepSchema,
  decides: optional(
    wordReader(
      ["both", "keep", "remove"],
      "Which of its answers are final: both (default), only what it keeps, or only what it removes; otherwise the rules below are asked.",
    ),
  ),
  untag: optional(untag),
  recovery: optional(
    wordReader(
      ["off", "record", "archive", "backup"],
      "How what this rule lets go comes back, where it differs from recovery.mode.",
    ),
  ),
  underPressure: optional(
    wordReader(
      ["evict"],
      "evict: headroom may take what this rule would keep, least recently used first.",
    ),
  ),
  onlyUnderPressure: optional(
    switchReader(
      "What the rule does not keep goes only as far as headroom, or --free, asks for it.",
    ),
  ),
}).meta({
  id: "imageRule",
  description: "The first rule that decides about an image's name decides.",
});

/** A reference pattern, or a match. */
export const protectSchema = z.union([
  patternReader("reference", "Images of this name are never removed.").transform((reference) => ({
    reference,
  })),
  matchSchema,
]);
