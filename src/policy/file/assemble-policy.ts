import type {
  BuildCacheRule,
  ContainerRule,
  DurationMs,
  ImageRule,
  NetworkRule,
  Policy,
  ResourceMatch,
  SourcePosition,
  VolumeRule,
} from "../policy.ts";
import { listOf } from "../pattern.ts";
import type { ValuePath } from "./located-value.ts";
import type { PolicyDocument } from "./schema/policy-schema.ts";
import { DEFAULT_LIMITS } from "./schema/settings-schemas.ts";

/** Where what a path leads to begins. */
export type PositionOf = (path: ValuePath) => SourcePosition;

/** Makes the policy of a document that the schema has read: rules get names and positions, short forms become lists. */
export function assemblePolicy(
  document: PolicyDocument,
  source: string,
  positionOf: PositionOf,
): Policy {
  const { protect = [], images = [], containers, volumes, networks, buildCache } = document;
  const { targets, inUseOn, headroom, recovery, limits, schedule, timeZone } = document;
  return {
    source,
    ...(targets === undefined ? {} : { targets }),
    ...(inUseOn === undefined ? {} : { inUseOn }),
    protect,
    ...(protect.length === 0
      ? {}
      : { protectPositions: protect.map((_, index) => positionOf(["protect", index])) }),
    images: images.map((rule, index) => imageRule(rule, index, positionOf)),
    ...(containers === undefined ? {} : { containers: containerRules(containers, positionOf) }),
    ...(volumes === undefined ? {} : { volumes: volumeRules(volumes, positionOf) }),
    ...(networks === undefined ? {} : { networks: networkRules(networks, positionOf) }),
    ...(buildCache === undefined ? {} : { buildCache: cacheRules(buildCache, positionOf) }),
    ...(headroom === undefined ? {} : { headroom }),
    ...(recovery === undefined ? {} : { recovery }),
    limits: limits ?? DEFAULT_LIMITS,
    ...(schedule === undefined ? {} : { schedule }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

type Section<K extends keyof PolicyDocument> = NonNullable<PolicyDocument[K]>;

/** What a rule without a name is called. */
export const DEFAULT_NAMES = {
  images: (index: number) => `rule ${index + 1}`,
  containers: { exited: "exited", created: "created" },
  volumes: { anonymous: "anonymous-volumes", named: "named-volumes" },
  networks: { unused: "unused-networks" },
  buildCache: (index: number) => (index === 0 ? "build-cache" : `build-cache ${index + 1}`),
} as const;

/** In a list of rules on other things than images. */
export function listedName(section: string, index: number): string {
  return `${section} ${index + 1}`;
}

export function imageRule(
  { underPressure, ...rule }: Section<"images">[number],
  index: number,
  positionOf: PositionOf,
): ImageRule {
  return {
    ...rule,
    name: rule.name ?? DEFAULT_NAMES.images(index),
    match: rule.match ?? {},
    ...(underPressure === undefined ? {} : { underPressure: true }),
    position: positionOf(["images", index]),
  };
}

function containerRules(
  section: Section<"containers">,
  positionOf: PositionOf,
): readonly ContainerRule[] {
  if (Array.isArray(section)) {
    return section.map(({ state, ...rule }, index) => ({
      ...resourceRule(rule, listedName("containers", index), positionOf(["containers", index])),
      states: state === undefined ? ["exited", "created"] : [state].flat(),
    }));
  }
  return (["exited", "created"] as const).flatMap((state) => {
    const rule = section[state];
    if (rule === undefined) return [];
    const position = positionOf(["containers", state]);
    // Without a rule of their own, those that never started are under the one on the others.
    const withCreated = state === "exited" && section.created === undefined;
    const states: ContainerRule["states"] = withCreated ? ["exited", "created"] : [state];
    return [{ ...resourceRule(rule, DEFAULT_NAMES.containers[state], position), states }];
  });
}

function volumeRules(section: Section<"volumes">, positionOf: PositionOf): readonly VolumeRule[] {
  if (Array.isArray(section)) {
    return section.map(({ which, ...rule }, index) => ({
      ...resourceRule(rule, listedName("volumes", index), positionOf(["volumes", index])),
      ...volumeRecovery(rule),
      which,
    }));
  }
  return (["anonymous", "named"] as const).flatMap((which) => {
    const rule = section[which];
    if (rule === undefined) return [];
    const position = positionOf(["volumes", which]);
    const named = resourceRule(rule, DEFAULT_NAMES.volumes[which], position);
    return [{ ...named, ...volumeRecovery(rule), which }];
  });
}

function volumeRecovery({ recovery }: Pick<VolumeRule, "recovery">): Pick<VolumeRule, "recovery"> {
  return recovery === undefined ? {} : { recovery };
}

function networkRules(
  section: Section<"networks">,
  positionOf: PositionOf,
): readonly NetworkRule[] {
  if (Array.isArray(section)) {
    return section.map((rule, index) =>
      resourceRule(rule, listedName("networks", index), positionOf(["networks", index])),
    );
  }
  const { unused } = section;
  if (unused === undefined) return [];
  return [resourceRule(unused, DEFAULT_NAMES.networks.unused, positionOf(["networks", "unused"]))];
}

function cacheRules(
  section: Section<"buildCache">,
  positionOf: PositionOf,
): readonly BuildCacheRule[] {
  const isList = Array.isArray(section);
  return [section].flat().map(({ name, types, atMost, ...rule }, index) => ({
    ...rule,
    name: name ?? DEFAULT_NAMES.buildCache(index),
    ...(types === undefined ? {} : { types: [types].flat() }),
    ...(atMost === undefined ? {} : { atMostBytes: atMost }),
    position: positionOf(isList ? ["buildCache", index] : ["buildCache"]),
  }));
}

interface FileRule {
  readonly name?: string;
  readonly within: DurationMs;
  readonly match?: ResourceMatch | readonly ResourceMatch[];
  readonly except?: ResourceMatch | readonly ResourceMatch[];
}

function resourceRule(
  { name, within, match, except }: FileRule,
  defaultName: string,
  position: SourcePosition,
): NetworkRule {
  return {
    name: name ?? defaultName,
    within,
    ...(match === undefined ? {} : { match: listOf(match) }),
    ...(except === undefined ? {} : { except: listOf(except) }),
    position,
  };
}
