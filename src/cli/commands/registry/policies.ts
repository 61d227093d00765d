import { usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { policyFileFlag } from "../../file-flags.ts";
import { readOwnPolicies, type ServerSession } from "../../read-server-policies.ts";
import { requirePolicies } from "../../require-upkeep.ts";
import { aim } from "../../asked-target.ts";
import { loadPolicyFile } from "../../policy-file.ts";
import { withTarget } from "../../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Reads the retention that a registry carries out by itself (DTR's pruning policies, Harbor's retention) and prints it " +
    "as a policy file. --test asks the registry what it would take now, and compares with what a plan would; nothing goes. " +
    "With -p FILE it is the other way round: that policy in DTR's terms, tested there, and with --write added to it.",
  flags: {
    policy: policyFileFlag("the policy to translate, instead of the registry's own"),
    test: {
      kind: "switch",
      help: "ask the registry what it would take, and compare with a plan",
    },
    write: {
      kind: "switch",
      help: "add the policies to the registry, after that test; nothing is pruned at once",
    },
    yes: { kind: "switch", short: "y", help: "do not ask; needed where there is no terminal" },
  },
  examples: [
    {
      command: "registry policies -t registry://dtr.example.com/team/app > policy.yaml",
      does: "what the registry has, as a policy file",
    },
    {
      command: "registry policies -t registry://harbor.example.com/team/app --test",
      does: "what Harbor would take, and where a plan differs",
    },
    {
      command: "registry policies -t registry://dtr.example.com/team/app -p policy.yaml --test",
      does: "what DTR would take by this policy",
    },
  ],
  async run(context, { flags }) {
    const { policy: file, test = false, write = false } = flags;
    if (write && file === undefined) throw usageError("--write needs the policy to write: -p FILE");
    const asked = file === undefined ? undefined : await loadPolicyFile(context, file);
    const { target, policy } = aim(flags, asked ?? { source: "none", protect: [], images: [] });
    return withTarget(context, target, async (session) => {
      const server: ServerSession = { session, policies: await requirePolicies(session) };
      const json = flags.json ?? false;
      if (asked === undefined) return readOwnPolicies(context, server, { test, json });
      const { translatePolicy } = await import("../../write-server-policies.ts");
      return translatePolicy(context, server, policy, {
        test,
        write,
        yes: flags.yes ?? false,
        json,
      });
    });
  },
});
