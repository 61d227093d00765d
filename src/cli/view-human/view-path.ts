import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import type { PolicyExplanation } from "../../operations/explain-policy.ts";
import type { NamePath, RuleFinding } from "../../plan/explain/explain-rules.ts";
import type { Policy, SourcePosition } from "../../policy/policy.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { listSome } from "./view-image.ts";
import { nameRule } from "./view-rule.ts";

/** Each name with every rule on its way, the criteria of those that match below them. */
export function renderPaths(
  output: Output,
  { decision: { names, verdict } }: Pick<PolicyExplanation, "decision">,
  { source }: Pick<Policy, "source">,
): string {
  if (verdict === "follows") return `Rules: ${FOLLOWS}\n`;
  return names.map((path) => renderPath(output, path, source)).join("\n");
}

/** The way of one name in a line: `my-app:dev: production does not match; development (policy.yaml:7): keeps`. */
function sayPath({ name, rules }: NamePath, source: string): string {
  const unmatched = rules.flatMap(({ matches, rule }) => (matches === false ? rule : []));
  const others = rules.filter(({ matches }) => matches !== false);
  const sentences = [
    ...(unmatched.length === 0
      ? []
      : [`${listSome(unmatched, MAX_NAMED)} ${unmatched.length === 1 ? "does" : "do"} not match`]),
    ...others.map((each) => {
      const at =
        each.position === undefined ? "" : ` (${placeOf(source, each.number, each.position)})`;
      return `${each.rule}${at}: ${sayAnswer(each)}`;
    }),
  ];
  return `${titleOf(name)}: ${sentences.join("; ")}`;
}

/** What goes with others is led through no rule. */
export function sayPaths(
  { decision }: Pick<PolicyExplanation, "decision">,
  source: string,
): readonly string[] {
  if (decision.verdict === "follows") return [FOLLOWS];
  return decision.names.map((path) => sayPath(path, source));
}

const FOLLOWS = "none is asked: it is only a part of others, and goes when all of them go";

/** So many rules that do not match are named in a line. */
const MAX_NAMED = 5;

function titleOf(name: string | undefined): string {
  if (name === undefined) return "without a name";
  const [named = "", digest] = name.split("@");
  return familiarName(named) + (digest === undefined ? "" : `@${shortDigest(digest)}`);
}

function renderPath(
  output: Output,
  { name, rules, outcome, rule }: NamePath,
  source: string,
): string {
  const title = printable(titleOf(name));
  const unsure = rules.find(({ matches }) => matches === undefined);
  const end =
    rule !== undefined
      ? `by ${nameRule(rule)}`
      : unsure === undefined
        ? "no rule decides about it"
        : `it cannot be told whether ${printable(unsure.rule)} matches`;
  const heading = `${paint(output, "bold", title)}: ${OUTCOMES[outcome]}, ${end}\n`;
  if (rules.length === 0) return heading;
  return (
    heading +
    renderTable(
      output,
      [
        { title: "AT" },
        { title: "RULE", shrinks: true },
        { title: "SAYS" },
        { title: "FOR", wraps: true },
      ],
      rules.flatMap((each) => ruleRows(each, source)),
    )
  );
}

const OUTCOMES: Readonly<Record<NamePath["outcome"], string>> = {
  stays: "stays",
  goes: "goes",
  "name-goes": "the name goes, not the image",
};

function ruleRows(finding: RuleFinding, source: string): readonly (readonly string[])[] {
  const { rule, number, position, detail, criteria } = finding;
  return [
    [placeOf(source, number, position), printable(rule), sayAnswer(finding), printable(detail)],
    ...criteria.map(({ criterion, result, detail: value }) => [
      "",
      `  ${criterion}`,
      result.holds === undefined ? "unknown" : result.holds ? "keeps" : "-",
      printable(value),
    ]),
  ];
}

/** `policy.yaml:12`; for what stands in no file, its number. */
export function placeOf(source: string, number: number, position?: SourcePosition): string {
  return position === undefined ? `#${number}` : `${printable(source)}:${position.line}`;
}

function sayAnswer({ matches, answer, isFinal }: RuleFinding): string {
  if (matches === undefined) return "unknown";
  if (answer === undefined) return "no match";
  const said = answer === "goes-if-needed" ? "goes if needed" : answer;
  return isFinal ? said : `${said}, not final`;
}
