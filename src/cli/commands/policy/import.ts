import { nearestWord } from "../../../policy/file/nearest-word.ts";
import { IMPORT_KINDS, importPolicy } from "../../../policy/import/import-policy.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { writeDocument } from "../../json-chunks.ts";
import { readNamedFile } from "../../json-file.ts";

/** What the file of each kind is; docs/import.md says what becomes of it. */
const KINDS: Readonly<Record<string, string>> = {
  ecr: "AWS ECR lifecycle policy, JSON",
  harbor: "Harbor retention and immutability rules, JSON",
  zot: "zot retention in its configuration, JSON",
  gitlab: "GitLab cleanup policy of the container registry, JSON",
  gar: "Google Artifact Registry cleanup policies, JSON",
  acr: "Azure acr purge command lines",
  quay: "Quay auto-prune policies, JSON",
  dtr: "DTR or MSR pruning policies and tag limits, JSON",
  docuum: "docuum command line",
  "docker-gc": "docker-gc variables, KEY=value, or its file of excluded images",
  "docker-custodian": "dcgc command line",
  buildkit: "buildkitd.toml, or daemon.json with builder.gc",
};

export const command = defineCommand({
  operands: "<kind> <file>",
  operandCompletion: "file",
  description:
    "Translates the policy of another system into a policy file, on standard output. What has no equal here, and what " +
    "differs, stands beside it as a comment; nothing is guessed. `-` reads standard input. Files that a command line or a " +
    "variable names are written in front of it as in a shell, from `cat > FILE <<END` to END. docs/import.md has more.",
  flags: {},
  takesTarget: false,
  examples: [
    {
      command: "policy import ecr lifecycle.json > policy.yaml",
      does: "translate a policy of ECR",
    },
    {
      command: "policy import docuum - <<< \"docuum --threshold '20 GB'\"",
      does: "translate a command line",
    },
    {
      command: "policy import buildkit /etc/docker/daemon.json --json",
      does: "policy and remarks as JSON",
    },
  ],
  glossary: { title: "Kinds", meanings: KINDS },
  async run(context, { operands: [kind = "", path = ""], flags }) {
    if (!IMPORT_KINDS.includes(kind)) {
      const near = nearestWord(kind, IMPORT_KINDS);
      throw usageError(
        `there is no import from "${kind}"`,
        near === undefined ? `Kinds: ${IMPORT_KINDS.join(", ")}.` : `Did you mean ${near}?`,
      );
    }
    const imported = await importPolicy(kind, await readNamedFile(context, path, "policy"));
    if (imported === undefined || "problems" in imported) {
      const problems = (imported?.problems ?? []).map((problem) => `  ${problem}`);
      throw new CliError(
        [
          `${path === "-" ? "standard input" : path} cannot be imported as ${kind}:`,
          ...problems,
        ].join("\n"),
        [],
        EXIT.usage,
      );
    }
    const { policy, remarks } = imported;
    if (flags.json) {
      writeDocument(context.stdout, {
        schema: "plimsoll.imported-policy/1",
        kind,
        policy,
        remarks,
      });
    } else {
      const { writePolicy } = await import("../../../policy/file/write-policy.ts");
      context.stdout.write(writePolicy(policy, remarks));
    }
    return EXIT.done;
  },
});
