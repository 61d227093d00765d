import { askForeignUse } from "../../foreign-use.ts";
import { usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { outputFlag, policyFileFlag } from "../../file-flags.ts";
import { writeDocument } from "../../json-chunks.ts";
import { writeJsonFile } from "../../json-file.ts";
import { loadPolicyFile } from "../../policy-file.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Asks the engines and Kubernetes clusters that a policy names (inUseOn, by default all engines among its targets) what " +
    "they hold and use, and writes it as one JSON document (plimsoll.foreign-use/1, see docs/json.md): with a saved " +
    "inventory of a registry, plan --inventory FILE --in-use FILE decides as it would have then.",
  flags: {
    policy: policyFileFlag("the policy file; required"),
    output: outputFlag("write to a file, at once or not at all"),
  },
  examples: [
    {
      command: "registry in-use -p policy.yaml -o in-use.json",
      does: "saves what the hosts use now",
    },
  ],
  async run(context, { flags }) {
    if (flags.policy === undefined)
      throw usageError("-p FILE says which hosts: give a policy file");
    const policy = await loadPolicyFile(context, flags.policy);
    const foreignUse = await askForeignUse(context, policy);
    if (foreignUse === undefined)
      throw usageError(
        `${flags.policy} names no engines or clusters to ask`,
        "Give engines as targets, and clusters in inUseOn as kubernetes:CONTEXT.",
      );
    if (flags.output === undefined) writeDocument(context.stdout, foreignUse);
    else await writeJsonFile(context, flags.output, foreignUse);
    const silent = foreignUse.hosts.filter(({ complete }) => !complete);
    for (const { name, problems } of silent)
      context.stderr.write(`${context.programName}: warning: ${name}: ${problems.join("; ")}\n`);
    return silent.length === 0 ? EXIT.done : EXIT.partly;
  },
});
