import type { PolicyFileOutcome } from "../policy/file/problem.ts";
import type { Policy } from "../policy/policy.ts";
import { PRESET_NAMES } from "../policy/presets.ts";
import { CliError } from "./cli-error.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";
import { readNamedFile } from "./json-file.ts";
import { renderPolicyProblem } from "./view-human/view-policy-problem.ts";

/** As much as is read of a policy file: the parser refuses it long before. */
const READ_BYTES = 8 * 2 ** 20;

/** A policy file as it was read; `source` is its name for people. */
export interface ReadPolicyFile {
  readonly source: string;
  readonly text: string;
  readonly outcome: PolicyFileOutcome;
}

/** Reads a policy file, standard input for `-`. What is wrong with it is in the outcome; that it cannot be read is thrown. */
export async function readPolicyFile(context: CliContext, path: string): Promise<ReadPolicyFile> {
  // Parsing takes libraries that nothing else needs.
  const [text, { parsePolicyFile }] = await Promise.all([
    readNamedFile(context, path, "policy", READ_BYTES, namedLikePreset(path)),
    import("../policy/file/parse-policy.ts"),
  ]);
  const source = path === "-" ? "standard input" : path;
  return { source, text, outcome: parsePolicyFile(text, source) };
}

function namedLikePreset(path: string): readonly string[] {
  return PRESET_NAMES.includes(path)
    ? [
        `A preset is named with --preset ${path}, or as preset:${path} where two policies are compared.`,
      ]
    : [];
}

/** The policy in a file, standard input for `-`. Warnings go to standard error; all mistakes too, and end the command. */
export async function loadPolicyFile(context: CliContext, path: string): Promise<Policy> {
  return soundPolicy(context, await readPolicyFile(context, path));
}

/** As `loadPolicyFile`, for a text that stands in another file: its lines are counted as that file's. */
export async function policyFromText(
  context: CliContext,
  text: string,
  source: string,
): Promise<Policy> {
  const { parsePolicyFile } = await import("../policy/file/parse-policy.ts");
  return soundPolicy(context, { source, text, outcome: parsePolicyFile(text, source) });
}

function soundPolicy(context: CliContext, { source, text, outcome }: ReadPolicyFile): Policy {
  const { stderr } = context;
  const tell = (
    problem: Parameters<typeof renderPolicyProblem>[3],
    severity: "error" | "warning",
  ) => stderr.write(`${renderPolicyProblem(stderr, source, text, problem, severity)}\n`);
  if ("policy" in outcome) {
    for (const warning of outcome.warnings) tell(warning, "warning");
    return outcome.policy;
  }
  for (const problem of outcome.problems) tell(problem, "error");
  throw new CliError(`${mistakeCount(outcome.problems.length)} in ${source}`, [], EXIT.usage);
}

export function mistakeCount(count: number): string {
  return count === 1 ? "one mistake" : `${count} mistakes`;
}
