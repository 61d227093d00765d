import { isCacheType } from "../cache-types.ts";
import { parseDuration } from "../duration.ts";
import type { BuildCacheRule, DurationMs } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { ORDINARY_TYPES, readAllowance, textOf } from "./buildkit-space.ts";
import type { JsonFields } from "./json-fields.ts";

/** The space of a rule: as BuildKit has it, and under the older name of daemon.json. */
const SPACE = {
  reserved: "reservedSpace",
  maxUsed: "maxUsedSpace",
  minFree: "minFreeSpace",
} as const;

/** One rule of garbage collection; none, with a remark, where it asks for what cannot be asked here. */
export function readCacheRule(
  fields: JsonFields,
  name: string,
  remarks: Remark[],
): readonly BuildCacheRule[] {
  const all = fields.flag("all") ?? false;
  const keep = fields.has("keepStorage") ? "keepStorage" : "keepBytes";
  const whileAbove = readAllowance(fields, { ...SPACE, keep });
  const selection = readFilters(fields);
  const within = readAge(fields, "keepDuration") ?? selection.within;
  fields.refuseOthers();
  if (selection.unknown !== undefined) {
    remarks.push({
      text: `${name} is left out: it asks for "${selection.unknown}", and only kinds can be asked for here.`,
    });
    return [];
  }
  const types = selection.types ?? (all ? undefined : ORDINARY_TYPES);
  const hasAllowance = Object.keys(whileAbove).length > 0;
  return [
    {
      name,
      ...(types === undefined ? {} : { types }),
      // Without an age and without a space everything of its kinds goes.
      ...(within === undefined ? (hasAllowance ? {} : { within: 0 }) : { within }),
      ...(all ? {} : { unshared: true }),
      ...(hasAllowance ? { whileAbove } : {}),
    },
  ];
}

/** A number is in seconds. */
function readAge(fields: JsonFields, name: string): DurationMs | undefined {
  const value = fields.raw(name);
  if (value === undefined || value === "" || value === 0) return undefined;
  const given = textOf(value);
  const text = /^\d+$/.test(given) ? `${given}s` : given;
  const ageMs = parseDuration(text);
  return ageMs === undefined
    ? fields.problem(
        name,
        `must be seconds or a duration such as "48h", not ${JSON.stringify(value)}`,
      )
    : ageMs || undefined;
}

interface Selection {
  readonly types?: readonly string[];
  readonly within?: DurationMs;
  /** The first filter that has no equal here. */
  readonly unknown?: string;
}

/**
 * BuildKit's `filters` are texts of which one has to hold, daemon.json's `filter` is a list or an object of `key=value`. Kinds
 * joined by a comma are alternatives: no record is of two.
 */
function readFilters(fields: JsonFields): Selection {
  const texts = fields.texts("filters") ?? readDaemonFilter(fields);
  const types: string[] = [];
  let within: DurationMs | undefined;
  for (const part of texts.flatMap((text) => text.split(","))) {
    const [, key = "", value = ""] = /^\s*([a-z-]+)\s*(?:==?|~=)\s*(.*?)\s*$/.exec(part) ?? [];
    if (key === "type" && !part.includes("~=") && isCacheType(value)) types.push(value);
    else if (key === "unused-for" || key === "until") {
      within = parseDuration(value);
      if (within === undefined) fields.problem("filter", `"${value}" is no duration`);
    } else return { unknown: part.trim() };
  }
  return {
    ...(types.length > 0 ? { types } : {}),
    ...(within === undefined ? {} : { within }),
  };
}

function readDaemonFilter(fields: JsonFields): readonly string[] {
  const filter = fields.raw("filter");
  if (filter === undefined || Array.isArray(filter)) return fields.texts("filter") ?? [];
  const parts = fields.object("filter");
  if (parts === undefined) return [];
  return Object.entries(filter as Readonly<Record<string, unknown>>).flatMap(([key, values]) => {
    const list = Array.isArray(values) ? values : Object.keys(Object(values) as object);
    return list.map((value) => `${key}=${String(value)}`);
  });
}
