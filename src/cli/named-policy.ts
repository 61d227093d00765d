import { PRESET_NAMES, presetPolicy } from "../policy/presets.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { usageError } from "./cli-error.ts";
import { POLICY_FLAGS } from "./policy-flags.ts";
import { loadPolicyFile } from "./policy-file.ts";

/** For commands that ask one whole policy; `policyOf` reads them. */
export const ASKED_POLICY_FLAGS = {
  policy: POLICY_FLAGS.policy,
  preset: POLICY_FLAGS.preset,
} as const;

const PRESET_PREFIX = "preset:";

/** The policy that an operand names: `preset:NAME`, or the path of a file. */
export async function policyNamed(context: CliContext, text: string): Promise<Policy> {
  if (!text.startsWith(PRESET_PREFIX)) return loadPolicyFile(context, text);
  const policy = presetPolicy(text.slice(PRESET_PREFIX.length));
  if (policy === undefined)
    throw usageError(`"${text}" is not a preset`, `There are ${PRESET_NAMES.join(", ")}.`);
  return policy;
}
