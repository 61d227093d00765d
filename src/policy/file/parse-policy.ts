import type { LineCounter } from "yaml";

import { assemblePolicy, type PositionOf } from "./assemble-policy.ts";
import { contradictions, duplicateNames } from "./check-policy.ts";
import { composeYaml } from "./compose-yaml.ts";
import { locateValues, type OffsetProblem } from "./locate-values.ts";
import { valueAt, type LocatedValue } from "./located-value.ts";
import { policyWarnings } from "./policy-warnings.ts";
import type { PolicyFileOutcome, PolicyProblem } from "./problem.ts";
import { readParts } from "./read-parts.ts";
import { schemaProblems } from "./schema-problems.ts";
import { LANGUAGE_VERSION, policySchema } from "./schema/policy-schema.ts";

/** UTF-16 units; the longest policies that people write have some ten thousand. */
const LENGTH_LIMIT = 2 ** 20;
const EMPTY = `the file is empty; a policy begins with a line "version: ${LANGUAGE_VERSION}"`;

/** Reads a policy file: the policy, or every mistake in it, in the order of the file. `source` is its name for people. */
export function parsePolicyFile(text: string, source: string): PolicyFileOutcome {
  if (text.length > LENGTH_LIMIT) {
    const detail = "the file is larger than 1 MiB, which no policy is";
    return { problems: [{ line: 1, column: 1, detail }] };
  }
  const { documents, lines, tooDeepAt } = composeYaml(text);
  const found: OffsetProblem[] = [...brokenCharacters(text)];
  const failed = (): PolicyFileOutcome => ({ problems: inOrder(found, text, lines) });

  if (tooDeepAt !== undefined) {
    found.push({ start: tooDeepAt, detail: "collections are nested too deep here" });
    return failed();
  }
  const [document, second] = documents;
  for (const { errors, warnings } of documents) {
    for (const { pos, message } of [...errors, ...warnings]) {
      found.push({ start: pos[0], detail: `this is not YAML: ${message}` });
    }
  }
  if (second !== undefined) {
    found.push({
      start: second.range[0],
      detail: "a second document begins here; a policy is one",
    });
  }
  if (found.length > 0) return failed();
  const content = document?.contents ?? undefined;
  const root =
    content === undefined ? undefined : locateValues(content, (each) => found.push(each));
  if (content !== undefined && root === undefined) return failed();
  if (root === undefined || root.value === null) {
    return { problems: [{ line: 1, column: 1, detail: EMPTY }] };
  }
  const otherVersion = versionProblem(root);
  if (otherVersion !== undefined) {
    found.push(otherVersion);
    return failed();
  }

  const positionOf: PositionOf = (path) => {
    const { line, col } = lines.linePos((valueAt(root, path) ?? root).start);
    return { line, column: col };
  };
  const parsed = policySchema.safeParse(withoutExtensions(root.value));
  found.push(...duplicateNames(root));
  if (!parsed.success) {
    found.push(...schemaProblems(root, parsed.error.issues));
    found.push(...contradictions(readParts(root, positionOf), root));
    return failed();
  }
  const policy = assemblePolicy(parsed.data, source, positionOf);
  found.push(...contradictions(policy, root));
  if (found.length > 0) return failed();
  return { policy, warnings: inOrder(policyWarnings(policy, root), text, lines) };
}

/** The first character that no text has; what is not UTF-8 has been read as U+FFFD. */
function brokenCharacters(text: string): readonly OffsetProblem[] {
  const at = text.search(/[^\P{Cc}\t\n\r]|\uFFFD/u);
  if (at < 0) return [];
  const what = text[at] === "\uFFFD" ? "is not UTF-8" : "is a control character";
  return [{ start: at, detail: `what stands here ${what}; a policy is a text` }];
}

/** A later language may have other words for everything: what else is said cannot be judged. */
function versionProblem(root: LocatedValue): OffsetProblem | undefined {
  const version = valueAt(root, ["version"]);
  if (typeof version?.value !== "number" || version.value === LANGUAGE_VERSION) return undefined;
  const { start, end } = version;
  const detail = `is another version of the policy language; this program reads version ${LANGUAGE_VERSION}`;
  return { start, end, detail };
}

/** Keys that begin with `x-` are for the file's own use, such as a place for anchors. */
function withoutExtensions(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("x-")));
}

function inOrder(
  problems: readonly OffsetProblem[],
  text: string,
  lines: LineCounter,
): readonly PolicyProblem[] {
  const placed = problems
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, detail, suggestion, quoted }): PolicyProblem => {
      const { line, col } = lines.linePos(start);
      const found = end === undefined || end <= start ? undefined : excerpt(text, start, end);
      const right = quoted === true && found !== undefined ? `"${found}"` : suggestion;
      return {
        line: Math.max(1, line),
        column: Math.max(1, col),
        ...(found === undefined ? {} : { found }),
        detail,
        ...(right === undefined ? {} : { suggestion: right }),
      };
    });
  return placed.filter(
    (problem, at) => at === 0 || JSON.stringify(placed[at - 1]) !== JSON.stringify(problem),
  );
}

/** One line of what stands there, without the quotes around it. */
function excerpt(text: string, start: number, end: number): string {
  const [line = ""] = text.slice(start, end).trimEnd().split(/\r?\n/);
  return /^(["'])(.*)\1$/s.exec(line)?.[2] ?? line;
}
