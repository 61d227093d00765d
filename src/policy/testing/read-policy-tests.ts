import { nearestWord } from "../file/nearest-word.ts";
import { readExpected, type Expected } from "./expectation.ts";
import { BRAKES, type Brake, type PolicyTest, type TestedPolicy } from "./policy-test.ts";
import { HOST_KEYS, readHost } from "./read-host.ts";
import type { PolicyProblem } from "../file/problem.ts";
import type { ReportProblem } from "./report-problem.ts";
import { readYaml, type Field, type Fields, type YamlText } from "./yaml-fields.ts";

export type PolicyTests =
  | { readonly tests: readonly PolicyTest[] }
  | { readonly problems: readonly PolicyProblem[] };

const TEST_KEYS = ["name", "policy", "now", ...HOST_KEYS, "removes", "keeps", "stops"];
/** What every test says for itself. */
const OWN_KEYS: ReadonlySet<string> = new Set(["name", "removes", "keeps", "stops"]);

/**
 * Reads a file of policy tests: one test, or several under `tests`, which take what they do not say themselves from the
 * top. Answers all problems at once.
 */
export function readPolicyTests(source: string): PolicyTests {
  const problems: PolicyProblem[] = [];
  const report: ReportProblem = (problem) => problems.push(problem);
  const yaml = readYaml(source, report);
  if (problems.length > 0) return { problems };
  const top = yaml.fields(yaml.root, "a mapping with `policy`, `now`, `images` and `removes`");
  const several = top.get("tests");
  checkKeys(top, [...TEST_KEYS, "tests"], report);
  const tests =
    several === undefined
      ? [readTest(yaml, top, "the test", 1, report)]
      : yaml.list(several.value, "a list of tests").map((node, index) => {
          const own = yaml.fields(node, "a test: a mapping with `name` and `removes`");
          checkKeys(own, TEST_KEYS, report);
          const fields = new Map([...inherited(top), ...own]);
          return readTest(yaml, fields, `test ${index + 1}`, yaml.at(node).line, report);
        });
  for (const key of OWN_KEYS) {
    const field = top.get(key);
    if (several === undefined || field === undefined) continue;
    report({ ...placeOf(field), detail: `beside \`tests\`, each test says its own \`${key}\`` });
  }
  if (problems.length === 0 && tests.length === 0)
    report({ line: 1, column: 1, detail: "there is no test in this file" });
  const read = tests.filter((test) => test !== undefined);
  return problems.length > 0 ? { problems: inOrder(problems) } : { tests: read };
}

/** What several tests take from the top is wrong once. */
function inOrder(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  const once = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...once.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function inherited(top: Fields): Fields {
  return new Map([...top].filter(([key]) => !OWN_KEYS.has(key) && key !== "tests"));
}

function readTest(
  yaml: YamlText,
  fields: Fields,
  nameless: string,
  line: number,
  report: ReportProblem,
): PolicyTest | undefined {
  const policy = readTestedPolicy(yaml, fields, line, report);
  const now = readNow(yaml, fields.get("now"), line, report);
  const { host, wordNamed } = readHost(yaml, fields, report);
  const expected = (key: string): readonly Expected[] | undefined => {
    const field = fields.get(key);
    if (field === undefined || field.value.value === null) return undefined;
    return yaml.list(field.value, "a list of what goes or stays").flatMap((node) => {
      const at = yaml.text(node, "a name");
      const one = at === undefined ? undefined : readExpected(at, report);
      if (one === undefined) return [];
      if (one.kind === "image" && wordNamed(one.name) === undefined) {
        const { line, column, text } = one.at;
        report({ line, column, found: text, detail: "is the name of no image of this test" });
      }
      return [one];
    });
  };
  const removes = expected("removes");
  const keeps = expected("keeps") ?? [];
  if (policy === undefined || now === undefined) return undefined;
  const name = yaml.text(fields.get("name")?.value, "a name")?.text ?? nameless;
  const stops = readStops(yaml, fields.get("stops"), report);
  return {
    name,
    line,
    policy,
    now,
    host,
    wordNamed,
    keeps,
    ...(removes === undefined ? {} : { removes }),
    ...(stops === undefined ? {} : { stops }),
  };
}

function readStops(
  yaml: YamlText,
  field: Field | undefined,
  report: ReportProblem,
): readonly Brake[] | undefined {
  if (field === undefined || field.value.value === null) return undefined;
  return yaml.list(field.value, "a list of brakes").flatMap((value) => {
    const at = yaml.text(value, "a brake");
    const brake = BRAKES.find((each) => each === at?.text);
    if (at !== undefined && brake === undefined) {
      const { line, column, text } = at;
      report({ line, column, found: text, detail: `is not one of ${BRAKES.join(", ")}` });
    }
    return brake ?? [];
  });
}

function readTestedPolicy(
  yaml: YamlText,
  fields: Fields,
  line: number,
  report: ReportProblem,
): TestedPolicy | undefined {
  const value = fields.get("policy")?.value;
  if (value === undefined || value.value === null) {
    const detail = "`policy` is missing: a path, `preset:NAME`, or a policy";
    report({ line, column: 1, detail });
    return undefined;
  }
  if (value.entries !== undefined)
    return { kind: "inline", text: yaml.inPlace(value), at: yaml.at(value) };
  const at = yaml.text(value, "a path, `preset:NAME`, or a policy");
  return at && { kind: "named", name: at.text, at };
}

/** Ages are counted back from a time that is said: a test gives the same answer every day. */
function readNow(
  yaml: YamlText,
  field: Field | undefined,
  line: number,
  report: ReportProblem,
): string | undefined {
  const at = yaml.text(field?.value, "a time");
  if (at === undefined) {
    report({ line, column: 1, detail: "`now` is missing: the time at which the test is decided" });
    return undefined;
  }
  const nowMs = /^\d{4}-\d\d-\d\d/.test(at.text) ? Date.parse(at.text) : Number.NaN;
  if (!Number.isNaN(nowMs)) return new Date(nowMs).toISOString();
  const { line: atLine, column, text } = at;
  report({
    line: atLine,
    column,
    found: text,
    detail: "is not a time; write for example 2026-11-21T12:00:00Z",
  });
  return undefined;
}

function checkKeys(fields: Fields, known: readonly string[], report: ReportProblem): void {
  for (const [key, field] of fields) {
    if (known.includes(key)) continue;
    const suggestion = nearestWord(key, known);
    report({
      ...placeOf(field),
      found: key,
      detail: "is no key of a policy test",
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
}

function placeOf({ key: { line, column } }: Field): { line: number; column: number } {
  return { line, column };
}
