import * as z from "zod";

import { CACHE_TYPES } from "../../cache-types.ts";
import { listOf } from "../../pattern.ts";
import type { CacheAllowance, ResourceMatch } from "../../policy.ts";
import { amountReader, durationReader, sizeReader } from "./amounts.ts";
import { nameReader } from "./image-rule-schema.ts";
import { complainTo } from "./complain.ts";
import { mapping, oneOrMany, optional } from "./mapping.ts";
import { patternReader } from "./patterns.ts";
import { trueReader, wordReader, type Schema } from "./reader.ts";

function patterns(description: string, on: "text" | "label" = "text") {
  return optional(oneOrMany(patternReader(on, description)));
}

const NAMED = {
  name: patterns("The name."),
  label: patterns("key or key=value, globs in both.", "label"),
};

const resourceMatch: Schema<ResourceMatch> = mapping("a match of networks and volumes", {
  ...NAMED,
  driver: patterns("The driver."),
}).meta({ id: "resourceMatch", description: "A question about one volume or network." });
const containerMatch: Schema<ResourceMatch> = mapping("a match of containers", {
  ...NAMED,
  image: patterns("The reference that the container was created from."),
  state: optional(wordReader(["exited", "created", "dead"], "The state that the engine tells.")),
}).meta({ id: "containerMatch", description: "A question about one container." });

/** What every rule on containers, volumes and networks has. */
function ruleShape(match: Schema<ResourceMatch>, within: string) {
  return {
    name: optional(nameReader("What plans call this rule.")),
    within: durationReader(within),
    match: optional(oneOrMany(match)),
    except: optional(oneOrMany(match)),
  };
}

const EXITED = ruleShape(containerMatch, "Keep what has been so for no longer than this.");
const STATES = ["exited", "created"] as const;
const containerState = wordReader(STATES, "exited: ran and ended. created: never started.");

export const containersSchema = z.union([
  mapping("containers", {
    exited: optional(
      mapping("containers.exited", EXITED).meta({
        description:
          "Containers that ran and ended; without `created` those that never started too.",
      }),
    ),
    created: optional(
      mapping("containers.created", EXITED).meta({ description: "Containers that never started." }),
    ),
  }),
  z
    .array(mapping("a container rule", { ...EXITED, state: optional(oneOrMany(containerState)) }))
    .min(1),
]);

const UNUSED = ruleShape(resourceMatch, "Keep what is not older than this.");
const VOLUMES = {
  ...UNUSED,
  recovery: optional(
    wordReader(
      ["archive", "off"],
      "archive: put into the recovery bin as a tar before it goes. off: lost (default).",
    ),
  ),
};

interface NamedRule {
  readonly match?: ResourceMatch | readonly ResourceMatch[];
}

/** What has been given a name is kept unless a rule says which. */
function requireNames({ match }: NamedRule, context: z.core.$RefinementCtx): void {
  const matches = match === undefined ? [] : listOf(match);
  const isNamed = ({ name, label }: ResourceMatch): boolean => (name ?? label) !== undefined;
  if (matches.length > 0 && matches.every(isNamed)) return;
  const detail = "takes named volumes, which go only by a match on name or label; add match:";
  complainTo(context)([], detail);
}

export const volumesSchema = z.union([
  mapping("volumes", {
    anonymous: optional(
      mapping("volumes.anonymous", VOLUMES).meta({ description: "Volumes that nobody named." }),
    ),
    named: optional(
      mapping("volumes.named", VOLUMES).superRefine(requireNames).meta({
        description: "Only what `match` holds for, by name or label.",
      }),
    ),
  }),
  z
    .array(
      mapping("a volume rule", {
        ...VOLUMES,
        which: wordReader(
          ["anonymous", "named"],
          "A named volume goes only by a match on name or label.",
        ),
      }).superRefine((rule, context) => {
        if (rule.which === "named") requireNames(rule, context);
      }),
    )
    .min(1),
]);

export const networksSchema = z.union([
  mapping("networks", {
    unused: optional(
      mapping("networks.unused", UNUSED).meta({ description: "Networks without containers." }),
    ),
  }),
  z.array(mapping("a network rule", UNUSED)).min(1),
]);

const cacheType = wordReader(CACHE_TYPES, "The kind of a build cache record, as the engine says.");

const amount = (description: string) => optional(amountReader(description));

const allowance: Schema<CacheAllowance> = mapping("whileAbove", {
  maxUsed: amount("Only while the whole cache takes more than this."),
  minFree: amount("Only while less than this is free on the disk."),
  reserved: amount("Never so far that the whole cache takes less than this."),
}).superRefine((bounds, context) => {
  if (Object.keys(bounds).length > 0) return;
  const detail = "has none of maxUsed, minFree, reserved";
  complainTo(context)([], detail);
});

const CACHE_CRITERIA = ["within", "atMost", "whileAbove"] as const;

const cacheRule = mapping("a build cache rule", {
  name: optional(nameReader("What plans call this rule.")),
  types: optional(oneOrMany(cacheType)),
  within: optional(durationReader("Keep what was used within this.")),
  atMost: optional(sizeReader("Take least recently used records until no more than this is left.")),
  unshared: optional(trueReader("Only records that share no content with images.")),
  whileAbove: optional(
    allowance.meta({ description: "Only while the whole cache takes more than it may." }),
  ),
}).superRefine((rule, context) => {
  if (CACHE_CRITERIA.some((key) => rule[key] !== undefined)) return;
  const detail = `has none of ${CACHE_CRITERIA.join(", ")}; to take all of it say within: 0s`;
  complainTo(context)([], detail);
});

export const buildCacheSchema = oneOrMany(cacheRule);
