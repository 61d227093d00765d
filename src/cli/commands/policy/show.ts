import { PRESET_NAMES, PRESET_SUMMARIES, presetPolicy } from "../../../policy/presets.ts";
import type { Policy } from "../../../policy/policy.ts";
import type { Remark } from "../../../policy/remark.ts";
import type { CliContext } from "../../cli-context.ts";
import { usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { writeDocument } from "../../json-chunks.ts";
import { PRESET_GLOSSARY } from "../../policy-flags.ts";
import { loadPolicyFile } from "../../policy-file.ts";

export const command = defineCommand({
  operands: "<preset-or-file>",
  operandCompletion: "preset",
  description:
    "Prints a preset as a policy file, to be read, kept and changed. A file is printed as it is understood: aliases resolved, " +
    "short forms and defaults as they are, comments left out.",
  flags: {},
  takesTarget: false,
  glossary: PRESET_GLOSSARY,
  examples: [
    { command: "policy show production > policy.yaml", does: "a start for one of your own" },
    { command: "policy show ./policy.yaml", does: "what a file says, without its anchors" },
  ],
  async run(context, { operands: [name = ""], flags }) {
    const preset = presetPolicy(name);
    const policy = preset ?? (await policyInFile(context, name));
    if (flags.json) {
      writeDocument(context.stdout, policy);
      return EXIT.done;
    }
    const { writePolicy } = await import("../../../policy/file/write-policy.ts");
    context.stdout.write(writePolicy(policy, preset === undefined ? [] : [remarkOn(name)]));
    return EXIT.done;
  },
});

function remarkOn(preset: string): Remark {
  return { text: `The preset ${preset}: ${PRESET_SUMMARIES[preset] ?? ""}.` };
}

async function policyInFile(context: CliContext, path: string): Promise<Policy> {
  const isPath = path === "-" || /[./\\]/.test(path);
  if (isPath) return loadPolicyFile(context, path);
  throw usageError(
    `"${path}" is not a preset`,
    `There are ${PRESET_NAMES.join(", ")}. A file is named with its path: ./${path}.`,
  );
}
