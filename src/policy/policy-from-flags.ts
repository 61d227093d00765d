import { parseDuration } from "./duration.ts";
import { parseFilter, type Fail } from "./parse-filter.ts";
import type { ImageRule, Keep, Match, Policy } from "./policy.ts";
import { CLUSTER_IMAGES, DEFAULT_PRESET, PRESET_NAMES, presetPolicy } from "./presets.ts";
import { parseSize } from "./size.ts";

/** Flags of `plan` and `prune`, as texts. */
export interface PolicyFlags {
  readonly all?: boolean;
  readonly filters?: readonly string[];
  readonly olderThan?: string;
  readonly unusedFor?: string;
  readonly largerThan?: string;
  readonly keepLast?: string;
  readonly free?: string;
  readonly preset?: string;
}

export interface FlagProblem {
  readonly flag: string;
  readonly text: string;
  readonly detail: string;
}

const DURATION_HELP = "is not a duration; write for example 90m, 36h, 7d or 2w";
const SIZE_HELP = "is not a size; write for example 500MB, 10GB or 2GiB";
/** Flags that choose by themselves, so that a preset's rules would contradict them. */
const CHOOSING = ["all", "olderThan", "unusedFor", "largerThan", "keepLast"] as const;

/**
 * One policy from a preset or from flags; every mistake at once. Flags make a single rule: images of the asked state
 * (dangling ones, or with `all` every one) to which all filters apply, less what the flags keep. `nowMs` is needed for
 * `until=` with a point in time.
 */
export function policyFromFlags(
  flags: PolicyFlags,
  nowMs?: number,
): { readonly policy: Policy } | { readonly problems: readonly FlagProblem[] } {
  const problems: FlagProblem[] = [];
  const fail = (flag: string, text: string, detail: string): undefined => {
    problems.push({ flag, text, detail });
    return undefined;
  };
  const duration = (flag: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : (parseDuration(text) ?? fail(flag, text, DURATION_HELP));
  const size = (flag: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : (parseSize(text) ?? fail(flag, text, SIZE_HELP));

  const filters = (flags.filters ?? []).map((text) => parseFilter(text, nowMs, fail));
  const olderThan = duration("--older-than", flags.olderThan);
  const unusedFor = duration("--unused-for", flags.unusedFor);
  const largerThan = size("--larger-than", flags.largerThan);
  const freeBytes = size("--free", flags.free);
  const keepLast = flags.keepLast === undefined ? undefined : parseCount(flags.keepLast, fail);
  const preset = presetPolicy(flags.preset ?? DEFAULT_PRESET);
  if (preset === undefined)
    fail(
      "--preset",
      flags.preset ?? "",
      `is not a preset; known: ${PRESET_NAMES.join(", ")}; a file is named with -p`,
    );
  const chooses =
    filters.length > 0 ||
    CHOOSING.some((flag) => flags[flag] !== undefined && flags[flag] !== false);
  if (flags.preset !== undefined && chooses) {
    fail(
      "--preset",
      flags.preset,
      "cannot be combined with flags that choose images; use one or the other",
    );
  }
  if (problems.length > 0 || preset === undefined) return { problems };

  if (!chooses) {
    if (freeBytes === undefined) return { policy: preset };
    if (flags.preset === undefined)
      return {
        policy: { source: "flags", protect: CLUSTER_IMAGES, images: ANY_BUT_FRESH, freeBytes },
      };
    return { policy: takingOnly(preset, freeBytes) };
  }

  const parts = joinReferences(filters.flatMap((filter) => (filter === undefined ? [] : [filter])));
  const onlyDangling = !looksBeyondDangling(flags);
  if (onlyDangling) parts.unshift({ state: "dangling" });
  if (largerThan !== undefined) parts.push({ largerThanBytes: largerThan });
  // As the presets do with dangling images.
  const recovery = onlyDangling ? { recovery: "record" as const } : {};
  const images = flagRules(parts, { olderThan, unusedFor, keepLast }).map((rule) => ({
    ...rule,
    ...recovery,
  }));
  const isDockers = freeBytes === undefined && !usesOwnFlags(flags);
  const common = { source: "flags", protect: isDockers ? [] : CLUSTER_IMAGES };
  return freeBytes === undefined
    ? { policy: { ...common, images } }
    : { policy: { ...common, images: asFarAsNeeded(images), freeBytes } };
}

/** As docker has it: of several `reference=` one has to hold, of all other filters every one. */
function joinReferences(filters: readonly Match[]): Match[] {
  const references = filters.filter(({ reference }) => reference !== undefined);
  if (references.length < 2) return [...filters];
  const others = filters.filter(({ reference }) => reference === undefined);
  return [...others, { any: references }];
}

/** What `--free` alone may take: what came or was used within the hour may be in somebody's hands. */
const ANY_BUT_FRESH: readonly ImageRule[] = [
  { name: "free", match: {}, keep: { within: 3_600_000 }, onlyUnderPressure: true },
];

/** A policy of which `--free` takes no more than is needed. */
export function withFreeBytes(
  policy: Policy,
  free: string,
): { readonly policy: Policy } | { readonly problems: readonly FlagProblem[] } {
  const freeBytes = parseSize(free);
  return freeBytes === undefined
    ? { problems: [{ flag: "--free", text: free, detail: SIZE_HELP }] }
    : { policy: takingOnly(policy, freeBytes) };
}

function takingOnly(policy: Policy, freeBytes: number): Policy {
  return { ...policy, images: asFarAsNeeded(policy.images), freeBytes };
}

/** `--free` takes from what the rules let go, and no more of it than is needed. */
function asFarAsNeeded(rules: readonly ImageRule[]): readonly ImageRule[] {
  return [
    ...rules.map((rule) => ({ ...rule, onlyUnderPressure: true })),
    { name: "not-chosen", match: {}, keep: { always: true } },
  ];
}

/**
 * docker's own prune filters (`until`, `label`) narrow the dangling images unless `-a` or `dangling=false` asks for all.
 * Whatever names tagged images, or is no flag of docker's, looks at all of them.
 */
function looksBeyondDangling(flags: PolicyFlags): boolean {
  return (
    flags.all === true ||
    usesOwnFlags(flags) ||
    (flags.filters ?? []).some((text) => /^(?:dangling|reference|before|since)=/.test(text))
  );
}

/** Flags that docker does not have: what docker's own prune would take is no measure for them. */
function usesOwnFlags({ olderThan, unusedFor, largerThan, keepLast }: PolicyFlags): boolean {
  return [olderThan, unusedFor, largerThan, keepLast].some((flag) => flag !== undefined);
}

/** `--older-than` and `--unused-for` must both be over: each keeps by itself. */
function flagRules(
  parts: readonly Match[],
  limits: {
    olderThan: number | undefined;
    unusedFor: number | undefined;
    keepLast: number | undefined;
  },
): readonly ImageRule[] {
  const match: Match = parts.length === 1 && parts[0] ? parts[0] : { all: parts };
  const { olderThan, unusedFor, keepLast } = limits;
  const keep: Keep[] = [];
  if (olderThan !== undefined) keep.push({ within: olderThan });
  if (unusedFor !== undefined) keep.push({ within: unusedFor, by: "used" });
  if (keepLast !== undefined) keep.push({ last: keepLast });
  return [
    {
      name: "flags",
      match,
      keep: keep.length === 0 ? {} : keep.length === 1 && keep[0] ? keep[0] : { anyOf: keep },
    },
  ];
}

function parseCount(text: string, fail: Fail): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail("--keep-last", text, "is not a whole number");
}
