import * as z from "zod";

import { expressionIn } from "../../pattern.ts";
import type { Keep } from "../../policy.ts";
import { nearestWord } from "../nearest-word.ts";
import { countReader, durationReader } from "./amounts.ts";
import { complainTo } from "./complain.ts";
import { mapping, optional } from "./mapping.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { checkExpression } from "./patterns.ts";
import { textReader, trueReader, wordReader } from "./reader.ts";

const ORDERS = ["active", "used", "arrived", "created", "version"] as const;
const ZERO = "keeps nothing; leave it out, or say none: true to keep nothing at all";
const GROUPS = ["repository", "target"] as const;

function count(description: string) {
  return optional(countReader(description, ZERO));
}

const per = textReader<NonNullable<Keep["per"]>>("repository, target, or an expression", readPer, {
  description:
    "What is counted: images of a repository (default), of the whole target, or of a repository by the captures of an RE2 expression on the tag.",
  examples: ["repository", "target", String.raw`/^(?<branch>.+)-\d+$/`],
});

function readPer(text: string): NonNullable<Keep["per"]> | Mistake {
  if (text === "repository" || text === "target") return text;
  const source = expressionIn(text) ?? text;
  // A word alone could be an expression; it is far more often a mistyped one of the two words.
  if (source === text && /^\w*$/.test(text)) {
    return mistake(
      "is neither repository nor target, nor an expression",
      nearestWord(text, GROUPS),
    );
  }
  return checkExpression(source) ?? { tagPattern: source };
}

const CRITERIA = [
  "within",
  "last",
  "daily",
  "weekly",
  "monthly",
  "yearly",
  "perMajor",
  "perMinor",
  "always",
  "none",
] as const;

/** Criteria that versions have a say in. */
const ORDERED = ["last", "perMajor", "perMinor"] as const;

/** Criteria of which one keeps. */
const criteria = mapping("keep", {
  within: optional(durationReader("Keep what is not older than this.")),
  last: count("Keep the N latest, by `by`."),
  daily: count("Keep the newest of each of the last N days that have one."),
  weekly: count("Keep the newest of each of the last N weeks that have one."),
  monthly: count("Keep the newest of each of the last N months that have one."),
  yearly: count("Keep the newest of each of the last N years that have one."),
  perMajor: count("Keep the N highest versions of each major version."),
  perMinor: count("Keep the N highest versions of each minor version."),
  always: optional(trueReader("Keep all; stands alone.")),
  none: optional(trueReader("Keep nothing; stands alone.")),
  by: optional(
    wordReader(
      ORDERS,
      "Which time ages and orders; active (default) is the latest known of used, arrived and created. version orders by the tag's version.",
    ),
  ),
  per: optional(per),
  among: optional(
    wordReader(
      ["rule", "match"],
      "Which images are counted: those that come to this rule (default), or all that it matches.",
    ),
  ),
})
  .transform(({ none, ...keep }, context): Keep => {
    const given = CRITERIA.filter((key) => (key === "none" ? none : keep[key]) !== undefined);
    const [first] = given;
    const complain = complainTo(context);
    if (first === undefined) {
      complain([], "has no criterion; to keep nothing at all, say none: true");
    }
    for (const alone of ["always", "none"] as const) {
      if (given.length > 1 && given.includes(alone)) {
        complain(
          [alone],
          `stands alone: beside ${given.filter((key) => key !== alone).join(", ")} it contradicts or adds nothing`,
          true,
        );
      }
    }
    if (keep.by === "version" && ORDERED.every((key) => keep[key] === undefined)) {
      complain(["by"], `orders by version, and there is none of ${ORDERED.join(", ")} to order`);
    }
    return keep;
  })
  .meta({
    id: "keep",
    description: "What a rule keeps of the images it matches; one criterion that holds keeps.",
  });

/** One set of criteria, or several, each with its own `by`, `per` and `among`. */
export const keepSchema = z.union([
  criteria,
  z
    .array(criteria)
    .min(1)
    .transform((anyOf): Keep => ({ anyOf })),
]);
