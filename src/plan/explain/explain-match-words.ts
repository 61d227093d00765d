import type { FieldFinding, GroupFinding, LeafFinding, MatchFinding } from "./explain-match.ts";

const EVERY_IMAGE = "every image matches";

/** Why a match does not hold, or why it cannot be told. */
export function sayUnmatched({ answer, fields }: MatchFinding): string {
  return joined(fields.filter((field) => field.answer === answer).map(sayField));
}

/** What a match holds on. */
export function sayMatched({ fields }: MatchFinding): string {
  return joined(fields.map(sayField)) || EVERY_IMAGE;
}

function joined(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== "").join("; ");
}

/** The parts that make the answer. */
function sayParts({ parts, answer }: GroupFinding): readonly string[] {
  return parts.filter((part) => part.answer === answer).map(sayMatch);
}

function sayMatch(match: MatchFinding): string {
  return match.answer === true ? sayMatched(match) : sayUnmatched(match);
}

function sayField(finding: FieldFinding): string {
  const { answer } = finding;
  switch (finding.field) {
    case "all":
      return joined(sayParts(finding));
    case "any":
    case "anyName": {
      const said = joined(sayParts(finding));
      const isSimple = answer !== false || finding.parts.length === 1;
      if (isSimple) return said;
      return said === "" ? "none of no alternatives holds" : `none of several holds: ${said}`;
    }
    case "not": {
      const said = joined(finding.parts.map(sayMatch));
      return answer === false ? `${said}, which the rule leaves out` : said;
    }
    case "olderThan": {
      if (finding.found === undefined) return "its age is unknown";
      return `${finding.found}, ${answer ? "more" : "not more"} than ${finding.asked}`;
    }
    case "createdBefore":
    case "createdAfter": {
      const order = finding.field === "createdBefore" ? "before" : "after";
      if (answer === undefined) return `when it or \`${finding.asked}\` was built is unknown`;
      return `${finding.found ?? "built"}, ${answer ? "" : "not "}${order} \`${finding.asked}\``;
    }
    case "namesAtLeast":
      return `it has ${finding.found}, ${answer ? "" : "not "}${finding.asked}`;
    case "largerThanBytes":
      return `size ${finding.found} is ${answer ? "" : "not "}more than ${finding.asked}`;
    case "smallerThanBytes":
      return `size ${finding.found} is ${answer ? "" : "not "}less than ${finding.asked}`;
    case "state":
      return answer ? `it is ${finding.asked}` : `it is not ${finding.asked}, but ${finding.found}`;
    default:
      return sayPattern(finding);
  }
}

const NOUNS: Readonly<Partial<Record<LeafFinding["field"], string>>> = { reference: "name" };
const OF_NAMES: ReadonlySet<LeafFinding["field"]> = new Set([
  "reference",
  "registry",
  "repository",
]);

function sayPattern({ field, asked, found, answer }: LeafFinding): string {
  if (found === undefined) {
    if (field === "label") return `no label is ${asked}`;
    return OF_NAMES.has(field) ? "it has no name" : `it has no ${field}`;
  }
  return `${NOUNS[field] ?? field} \`${found}\` is ${answer ? "" : "not "}${asked}`;
}
