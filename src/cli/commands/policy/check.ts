import type { PolicyFileOutcome } from "../../../policy/file/problem.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { mistakeCount, readPolicyFile, type ReadPolicyFile } from "../../policy-file.ts";
import { writeJson } from "../../view-json.ts";
import { paint } from "../../view-human/paint.ts";
import { renderPolicyProblem } from "../../view-human/view-policy-problem.ts";
import { summarisePolicy } from "../../view-human/view-policy.ts";
import type { CliContext } from "../../cli-context.ts";

export const command = defineCommand({
  operands: "<file...>",
  operandCompletion: "file",
  description:
    "Reads policy files (- is standard input) and tells every mistake in them: where it stands, what is wrong, and " +
    "what would be right. Opens no target. Exit status 2 where a file has a mistake.",
  flags: {},
  takesTarget: false,
  examples: [
    { command: "policy check policy.yaml", does: "before it is used" },
    { command: "policy check --json policies/*.yaml", does: "for an editor or a pipeline" },
  ],
  async run(context, { operands, flags }) {
    const files: ReadPolicyFile[] = [];
    for (const path of operands) files.push(await readPolicyFile(context, path));
    if (flags.json)
      writeJson(context.stdout, {
        schema: "plimsoll.policy-check/1",
        files: files.map(fileDocument),
      });
    else for (const file of files) showFile(context, file);
    return files.every(({ outcome }) => "policy" in outcome) ? EXIT.done : EXIT.usage;
  },
});

function fileDocument({ source, outcome }: ReadPolicyFile): object {
  return "policy" in outcome
    ? { file: source, ok: true, problems: [], warnings: outcome.warnings }
    : { file: source, ok: false, problems: outcome.problems, warnings: [] };
}

function showFile({ stdout }: CliContext, { source, text, outcome }: ReadPolicyFile): void {
  const problems = problemsOf(outcome);
  for (const [severity, problem] of problems)
    stdout.write(`${renderPolicyProblem(stdout, source, text, problem, severity)}\n`);
  stdout.write(
    "policy" in outcome
      ? `${source}: ${paint(stdout, "green", "ok")}: ${summarisePolicy(outcome.policy)}\n`
      : `${source}: ${mistakeCount(outcome.problems.length)}\n`,
  );
}

function problemsOf(outcome: PolicyFileOutcome) {
  return "policy" in outcome
    ? outcome.warnings.map((warning) => ["warning", warning] as const)
    : outcome.problems.map((problem) => ["error", problem] as const);
}
