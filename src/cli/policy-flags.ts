import { policyFromFlags } from "../policy/policy-from-flags.ts";
import { DEFAULT_PRESET, PRESET_SUMMARIES } from "../policy/presets.ts";
import type { Policy } from "../policy/policy.ts";
import { CliError } from "./cli-error.ts";
import type { FlagTable, FlagValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";

/** The flags that say what may go, the same for `plan`, `apply` and `prune`. */
export const POLICY_FLAGS = {
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

/** The policy that the flags ask for. Throws a usage error that names every wrong flag. */
export function policyOf(flags: PolicyFlagValues, nowMs: number): Policy {
  const { filter, ...rest } = flags;
  const outcome = policyFromFlags({ ...rest, filters: filter ?? [] }, nowMs);
  if ("policy" in outcome) return outcome.policy;
  const [first, ...others] = outcome.problems.map(
    ({ flag, text, detail }) => `${flag} "${text}" ${detail}`,
  );
  throw new CliError(first ?? "the flags make no policy", others, EXIT.usage);
}

/** The flags of `policyOf` as they were typed, to be shown in a command that the user may run next. */
export function retypedPolicyFlags(flags: PolicyFlagValues): string {
  const words: string[] = [];
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
