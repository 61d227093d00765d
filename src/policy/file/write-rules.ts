import type {
  BuildCacheRule,
  CacheAllowance,
  ContainerRule,
  ImageRule,
  Keep,
  Match,
  NetworkRule,
  ResourceMatch,
  VolumeRule,
} from "../policy.ts";
import { DEFAULT_NAMES } from "./assemble-policy.ts";
import { amountText, durationText, sizeBoundsText, sizeText } from "./write-amounts.ts";

/** A mapping as the file has it, its keys in the order in which they are written. */
export type FileMapping = Readonly<Record<string, unknown>>;

/** A reference alone is written as a text. */
export function protectionOf(match: Match): string | FileMapping {
  const { reference, ...others } = match;
  return typeof reference === "string" && Object.keys(others).length === 0
    ? reference
    : matchOf(match);
}

/** One of none: the language says it otherwise. */
const NOTHING: Match = { not: {} };

function matchOf(match: Match): FileMapping {
  const {
    largerThanBytes: _,
    smallerThanBytes: __,
    olderThan,
    by,
    any,
    all,
    not,
    ...plain
  } = match;
  const { anyName, namesAtLeast = 0, ...patterns } = plain;
  const parts = [...(all ?? []), ...(any?.length === 0 ? [NOTHING] : [])];
  const size = sizeBoundsText(match);
  return {
    ...patterns,
    ...(anyName === undefined ? {} : { anyName: matchOf(anyName) }),
    ...(namesAtLeast === 0 ? {} : { namesAtLeast }),
    ...(size === undefined ? {} : { size }),
    ...(olderThan === undefined ? {} : { olderThan: durationText(olderThan) }),
    ...(olderThan === undefined || by === undefined ? {} : { by }),
    ...(any === undefined || any.length === 0 ? {} : { any: any.map(matchOf) }),
    ...(parts.length === 0 ? {} : { all: parts.map(matchOf) }),
    ...(not === undefined ? {} : { not: matchOf(not) }),
  };
}

/** One set of criteria, or the list of all that keep. */
function keepOf(keep: Keep): FileMapping | readonly FileMapping[] {
  const { anyOf, ...own } = keep;
  if (anyOf === undefined) return criteriaOf(own);
  const listed = [own, ...anyOf].filter(hasCriterion).flatMap((each) => keepOf(each));
  return listed.length === 0 ? { none: true } : listed;
}

function criteriaOf(keep: Omit<Keep, "anyOf">): FileMapping {
  if (keep.always === true) return { always: true };
  if (!hasCriterion(keep)) return { none: true };
  const { within, per, by, among, ...counts } = keep;
  const counted = Object.entries(counts).filter(([, count]) => count !== 0);
  // The language has no count of zero. It keeps what has no known age, and so does this.
  const withinMs = within ?? (counted.length === 0 ? 0 : undefined);
  return {
    ...(withinMs === undefined ? {} : { within: durationText(withinMs) }),
    ...Object.fromEntries(counted),
    ...(by === undefined ? {} : { by }),
    ...(per === undefined ? {} : { per: typeof per === "object" ? `/${per.tagPattern}/` : per }),
    ...(among === undefined ? {} : { among }),
  };
}

function hasCriterion(keep: Keep): boolean {
  const { anyOf = [], ...own } = keep;
  const isCriterion = (key: string): boolean => !["by", "per", "among"].includes(key);
  return Object.keys(own).some(isCriterion) || anyOf.some(hasCriterion);
}

export function imageRuleOf(rule: ImageRule): FileMapping {
  const { name, match, keep, position: _, underPressure, ...rest } = rule;
  return {
    name,
    ...(Object.keys(match).length === 0 ? {} : { match: matchOf(match) }),
    keep: keepOf(keep),
    ...rest,
    ...(underPressure === true ? { underPressure: "evict" } : {}),
  };
}

/** The short form where it says the same, else a list. */
export function containersOf(rules: readonly ContainerRule[]): unknown {
  const states = rules.map((rule) => rule.states.join(" ")).join(", ");
  const [first, second] = rules;
  if (states === "exited created")
    return { exited: resourceRuleOf(first, DEFAULT_NAMES.containers.exited) };
  if (states === "created")
    return { created: resourceRuleOf(first, DEFAULT_NAMES.containers.created) };
  if (states === "exited, created") {
    return {
      exited: resourceRuleOf(first, DEFAULT_NAMES.containers.exited),
      created: resourceRuleOf(second, DEFAULT_NAMES.containers.created),
    };
  }
  return rules.map((rule) => ({
    ...resourceRuleOf(rule),
    state: rule.states.length === 1 ? rule.states[0] : [...rule.states],
  }));
}

export function volumesOf(rules: readonly VolumeRule[]): unknown {
  const kinds = rules.map(({ which }) => which).join(", ");
  if (["anonymous", "named", "anonymous, named"].includes(kinds)) {
    return Object.fromEntries(
      rules.map((rule) => [rule.which, volumeRuleOf(rule, DEFAULT_NAMES.volumes[rule.which])]),
    );
  }
  return rules.map((rule) => ({ ...volumeRuleOf(rule), which: rule.which }));
}

function volumeRuleOf(rule: VolumeRule, defaultName?: string): FileMapping {
  const { recovery } = rule;
  return {
    ...resourceRuleOf(rule, defaultName),
    ...(recovery === undefined ? {} : { recovery }),
  };
}

export function networksOf(rules: readonly NetworkRule[]): unknown {
  const [only, second] = rules;
  return second === undefined
    ? { unused: resourceRuleOf(only, DEFAULT_NAMES.networks.unused) }
    : rules.map((rule) => resourceRuleOf(rule));
}

export function buildCacheOf(rules: readonly BuildCacheRule[]): unknown {
  const [only, second] = rules;
  return only !== undefined && second === undefined
    ? cacheRuleOf(only, DEFAULT_NAMES.buildCache(0))
    : rules.map((rule) => cacheRuleOf(rule));
}

function cacheRuleOf(rule: BuildCacheRule, defaultName?: string): FileMapping {
  const { name, types, within, atMostBytes, unshared, whileAbove } = rule;
  return {
    ...(name === defaultName ? {} : { name }),
    ...(types === undefined ? {} : { types: [...types] }),
    ...(within === undefined ? {} : { within: durationText(within) }),
    ...(atMostBytes === undefined ? {} : { atMost: sizeText(atMostBytes) }),
    ...(unshared === undefined ? {} : { unshared }),
    ...(whileAbove === undefined ? {} : { whileAbove: allowanceOf(whileAbove) }),
  };
}

function allowanceOf({ maxUsed, minFree, reserved }: CacheAllowance): FileMapping {
  return {
    ...(maxUsed === undefined ? {} : { maxUsed: amountText(maxUsed) }),
    ...(minFree === undefined ? {} : { minFree: amountText(minFree) }),
    ...(reserved === undefined ? {} : { reserved: amountText(reserved) }),
  };
}

function resourceRuleOf(rule: NetworkRule | undefined, defaultName?: string): FileMapping {
  if (rule === undefined) return {};
  const { name, within, match, except } = rule;
  return {
    ...(name === defaultName ? {} : { name }),
    within: durationText(within),
    ...(match === undefined ? {} : { match: oneOrList(match) }),
    ...(except === undefined ? {} : { except: oneOrList(except) }),
  };
}

function oneOrList(matches: readonly ResourceMatch[]): unknown {
  return matches.length === 1 ? matches[0] : [...matches];
}
