import { CliError, usageError } from "../../cli-error.ts";
import type { CliContext } from "../../cli-context.ts";
import { defineCommand, type FlagTable } from "../../command.ts";
import { EXIT, type ExitCode } from "../../exit-codes.ts";
import { writeDocument } from "../../json-chunks.ts";
import { fileCause } from "../../json-file.ts";
import { countTests, testDocument, type TestFileReport } from "../../policy-test-report.ts";

const ENDING = ".policy-test.yaml";

const FLAGS = {
  record: { kind: "switch", help: "write what goes into the tests that say otherwise or nothing" },
} as const satisfies FlagTable;

export const command = defineCommand({
  operands: "[path...]",
  operandCompletion: "file",
  description:
    `Runs the tests in every *${ENDING} below the paths (default: this folder).\n` +
    "A test has hosts in a few words per line, a policy, a time, and what is to go. " +
    "Needs no target.",
  flags: FLAGS,
  glossary: {
    title: "A test file",
    meanings: {
      "policy: ci.yaml": "a path beside the file, preset:NAME, or a whole policy",
      "now: 2026-11-21T12:00:00Z": "ages are counted back from here",
      "images:": "one on a line, names first",
      "  - app:2  1d  120MB  used by web": "also created, arrived, used, label, on, lists, …",
      "  - app:1  9d": "an age: created and arrived that long ago",
      "removes: [app:1]": "all that goes; app:1 by RULE asks for the rule too",
      "keeps: [app:2 by in-use]": "some of what stays",
    },
  },
  takesTarget: false,
  examples: [
    { command: "policy test", does: "every test below this folder" },
    { command: `policy test ci${ENDING}`, does: "the tests of one file" },
    { command: "policy test policies --record", does: "accept what the policies do now" },
  ],
  async run(context, { operands, flags }) {
    const paths = await findTests(context, operands.length === 0 ? ["."] : operands);
    const { runTestFile } = await import("../../run-test-file.ts");
    const files: TestFileReport[] = [];
    for (const path of paths) files.push(await runTestFile(context, path, flags.record ?? false));
    await present(context, files, flags.json ?? false);
    return exitCodeOf(files);
  },
});

async function findTests(
  context: CliContext,
  paths: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const below = await context.findFiles(path, ENDING).catch((error: unknown) => {
      throw new CliError(
        `cannot look for policy tests in ${path}: ${fileCause(error)}`,
        [],
        EXIT.usage,
      );
    });
    for (const each of below) found.add(each);
  }
  if (found.size === 0)
    throw usageError(
      `there is no file *${ENDING} below ${paths.join(", ")}`,
      "policy test --help shows how one is written.",
    );
  return [...found];
}

async function present(
  context: CliContext,
  files: readonly TestFileReport[],
  json: boolean,
): Promise<void> {
  if (json) {
    writeDocument(context.stdout, testDocument(files));
    return;
  }
  const [{ renderPolicyProblem }, { renderPolicyTests }] = await Promise.all([
    import("../../view-human/view-policy-problem.ts"),
    import("../../view-human/view-policy-tests.ts"),
  ]);
  const { stderr } = context;
  for (const { path, source, problems } of files)
    for (const problem of problems)
      stderr.write(`${renderPolicyProblem(stderr, path, source, problem)}\n`);
  context.stdout.write(renderPolicyTests(context.stdout, files));
}

function exitCodeOf(files: readonly TestFileReport[]): ExitCode {
  const { failed, unreadableFiles } = countTests(files);
  if (unreadableFiles > 0) return EXIT.usage;
  return failed > 0 ? EXIT.failed : EXIT.done;
}
