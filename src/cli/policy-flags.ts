import { policyFromFlags, withFreeBytes, type FlagProblem } from "../policy/policy-from-flags.ts";
import { DEFAULT_PRESET, PRESET_SUMMARIES } from "../policy/presets.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError, usageError } from "./cli-error.ts";
import { longFlag, type FlagTable, type FlagValues } from "./command.ts";
import { policyFileFlag } from "./file-flags.ts";
import { EXIT } from "./exit-codes.ts";
import { loadPolicyFile } from "./policy-file.ts";

/** The flags that say what may go, the same for `plan`, `apply` and `prune`. */
export const POLICY_FLAGS = {
  policy: policyFileFlag("policy file (- is standard input); its targets can be named with -t"),
  preset: {
    kind: "value",
    placeholder: "NAME",
    completion: "preset",
    help: `built-in policy, see below (default ${DEFAULT_PRESET})`,
  },
  all: {
    kind: "switch",
    short: "a",
    help: "every image that nothing uses, not only dangling ones",
  },
  filter: {
    kind: "list",
    placeholder: "KEY=VALUE",
    completion: "filter",
    help: "as docker: until, label, label!, dangling, before, since, reference; may be repeated, all must hold",
  },
  olderThan: {
    kind: "value",
    placeholder: "DURATION",
    help: "only images older than this, for instance 36h, 7d, 2w",
  },
  unusedFor: {
    kind: "value",
    placeholder: "DURATION",
    help: "only images that nothing has used for this long",
  },
  largerThan: {
    kind: "value",
    placeholder: "SIZE",
    help: "only images larger than this, for instance 500MB",
  },
  keepLast: {
    kind: "value",
    placeholder: "N",
    help: "keep the N latest images of every repository",
  },
  free: {
    kind: "value",
    placeholder: "SIZE",
    help: "free at least this much: least recently used first, then what is cheapest to get back",
  },
} as const satisfies FlagTable;

/** For the help of every command with these flags. */
export const PRESET_GLOSSARY = { title: "Presets", meanings: PRESET_SUMMARIES } as const;

export type PolicyFlagValues = FlagValues<typeof POLICY_FLAGS>;

/** The policy that the flags ask for. Throws a usage error that names every wrong flag, or every mistake in the file. */
export async function policyOf(
  context: CliContext,
  flags: PolicyFlagValues,
  nowMs: number,
): Promise<Policy> {
  if (flags.policy !== undefined) return filePolicy(context, flags.policy, flags);
  const { filter, policy: _, ...rest } = flags;
  const outcome = policyFromFlags({ ...rest, filters: filter ?? [] }, nowMs);
  return "policy" in outcome ? outcome.policy : failFlags(outcome.problems);
}

/** A policy says by itself what may go: of the flags only `--free` goes with it, as far as its rules let go. */
async function filePolicy(
  context: CliContext,
  path: string,
  flags: PolicyFlagValues,
): Promise<Policy> {
  const { policy: _, free, ...others } = flags;
  const choosing = Object.keys(others).filter((key) => key in POLICY_FLAGS);
  if (choosing.length > 0) {
    const names = choosing.map((key) => `--${longFlag(key)}`).join(", ");
    throw usageError(`--policy says what may go, and so does ${names}: give one of them`);
  }
  const policy = await loadPolicyFile(context, path);
  if (free === undefined) return policy;
  const outcome = withFreeBytes(policy, free);
  return "policy" in outcome ? outcome.policy : failFlags(outcome.problems);
}

function failFlags(problems: readonly FlagProblem[]): never {
  const [first, ...others] = problems.map(
    ({ flag, text, detail }) => `${flag} "${text}" ${detail}`,
  );
  throw new CliError(first ?? "the flags make no policy", others, EXIT.usage);
}

/** The flags of `policyOf` as they were typed, to be shown in a command that the user may run next. */
export function retypedPolicyFlags(flags: PolicyFlagValues): string {
  const words: string[] = [];
  if (flags.policy !== undefined) words.push("-p", shellQuote(flags.policy));
  if (flags.preset !== undefined) words.push("--preset", flags.preset);
  if (flags.all) words.push("-a");
  for (const filter of flags.filter ?? []) words.push("--filter", shellQuote(filter));
  if (flags.olderThan !== undefined) words.push("--older-than", flags.olderThan);
  if (flags.unusedFor !== undefined) words.push("--unused-for", flags.unusedFor);
  if (flags.largerThan !== undefined) words.push("--larger-than", flags.largerThan);
  if (flags.keepLast !== undefined) words.push("--keep-last", flags.keepLast);
  if (flags.free !== undefined) words.push("--free", flags.free);
  return words.join(" ");
}

/** A word as a POSIX shell reads it back. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
