import { compileExpression } from "../../expression.ts";
import { expressionIn } from "../../pattern.ts";
import type { Pattern, SemverPattern } from "../../policy.ts";
import { isEmptyRange, versionLibrary } from "../../versions.ts";
import { checkName } from "./check-name.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { mapping } from "./mapping.ts";
import { isFreeText, type PatternOn } from "./pattern-on.ts";
import { textReader, type Schema } from "./reader.ts";

const EXAMPLES: Readonly<Record<PatternOn, readonly string[]>> = {
  reference: ["postgres:16", "registry.example.com/team/**", "my-app:dev-*"],
  registry: ["registry.example.com", "docker.io"],
  repository: ["my-app", "team/**"],
  tag: ["dev-*", String.raw`/^v\d+$/`],
  digest: ["sha256:0f1e2d*"],
  platform: ["linux/arm64", "linux/*"],
  label: ["keep", "team=web"],
  text: ["ci-*", "/^ci-/"],
};

/** A glob, or an RE2 expression between slashes. */
export function patternReader(on: PatternOn, description: string): Schema<Pattern> {
  return textReader("a pattern in quotes", (text) => readPattern(text, on), {
    description,
    minLength: 1,
    examples: EXAMPLES[on],
  });
}

function readPattern(text: string, on: PatternOn): Pattern | Mistake {
  if (text === "") return mistake("is an empty pattern, which nothing can match");
  const expression = expressionIn(text);
  if (expression !== undefined) return checkExpression(expression) ?? text;
  if (text.startsWith("/") && !isFreeText(on)) {
    return mistake("begins with / as an expression does, and does not end with one", `${text}/`);
  }
  return checkGlob(text, on) ?? checkName(text, on) ?? text;
}

/** Why a text is no RE2 expression, in the words of the library where it has some. */
export function checkExpression(source: string): Mistake | undefined {
  if (compileExpression(source) !== undefined) return undefined;
  return mistake(
    "is outside RE2: no look-around, no references back to captures, all brackets closed",
  );
}

function checkGlob(text: string, on: PatternOn): Mistake | undefined {
  const bare = text.replaceAll(/\\./g, "__");
  if (/\[(?![^/]+\])/.test(bare)) return mistake('opens a "[" that no "]" closes');
  for (const [, from = "", to = ""] of bare.matchAll(/\[[^\]]*?([^[\]])-([^\]])[^\]]*\]/g)) {
    if (from > to) return mistake(`has a range whose end comes before its start: ${from}-${to}`);
  }
  if (isFreeText(on)) return undefined;
  const doubled = bare.split(/[/:]/).some((part) => part.includes("**") && part !== "**");
  if (doubled) {
    return mistake("has ** beside other characters; ** is a segment of its own", singleStars(text));
  }
  if (/\{[^}]*,[^}]*\}/.test(bare)) {
    return mistake("has braces, which are no part of a glob; write a list of patterns");
  }
  if (/\s/.test(bare)) return mistake("has a space, which no name has", text.replaceAll(/\s/g, ""));
  return undefined;
}

function singleStars(text: string): string {
  return text.replaceAll(/\*{2,}(?=[^/])|(?<=[^/])\*{2,}/g, "*");
}

/** `{ semver: range }` */
export const semverPattern = mapping("a range of versions", {
  semver: textReader<string>('a range such as ">=1.2 <2", in quotes', readRange, {
    description:
      'Tags that are versions within this range (node-semver); "*" is any version. A pre-release is only in a range that names one of the same version.',
    examples: ["*", ">=1.2 <2", "^3.1"],
  }),
}).meta({ description: "Tags that are versions." }) satisfies Schema<SemverPattern>;

function readRange(text: string): string | Mistake {
  if (text.trim() === "") return mistake("is an empty range", "*");
  if (versionLibrary.compileRange(text) === undefined) {
    return mistake('is not a range of versions as node-semver reads it, such as ">=1.2 <2"');
  }
  return isEmptyRange(text) ? mistake("holds for no version at all") : text;
}
