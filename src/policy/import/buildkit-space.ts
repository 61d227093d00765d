import type { Amount, BuildCacheRule, CacheAllowance } from "../policy.ts";
import type { JsonFields } from "./json-fields.ts";

/** What the settings are called in a place. */
export interface SpaceNames {
  /** The name of `reserved` in earlier versions. */
  readonly keep: string;
  readonly reserved: string;
  readonly maxUsed: string;
  readonly minFree: string;
}

/** Kinds that go without `all`: neither BuildKit's own records nor those of its frontends. */
export const ORDINARY_TYPES = ["regular", "source.local", "source.git.checkout", "exec.cachemount"];

const HOUR = 3_600_000;
const BINARY: Readonly<Record<string, number>> = {
  "": 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** Zero is as good as not given. */
export function readAllowance(fields: JsonFields, names: SpaceNames): CacheAllowance {
  const keep = readSpace(fields, names.keep);
  const reserved = readSpace(fields, names.reserved) ?? keep;
  const maxUsed = readSpace(fields, names.maxUsed);
  const minFree = readSpace(fields, names.minFree);
  return {
    ...(maxUsed === undefined ? {} : { maxUsed }),
    ...(minFree === undefined ? {} : { minFree }),
    ...(reserved === undefined ? {} : { reserved }),
  };
}

/** Bytes, `512MB` (in powers of 1024, whatever the unit says), or `10%` of the disk. */
function readSpace(fields: JsonFields, name: string): Amount | undefined {
  const value = fields.raw(name);
  if (value === undefined || value === "" || value === 0 || value === "0") return undefined;
  const text = textOf(value);
  const percent = /^(\d+)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return { share: Number(percent) / 100 };
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? [];
  const factor = BINARY[unit.toLowerCase()];
  if (amount !== undefined && factor !== undefined)
    return { bytes: Math.floor(Number(amount) * factor) };
  return fields.problem(
    name,
    `must be a size such as "512MB" or "10%", not ${JSON.stringify(value)}`,
  );
}

/** Share of the reserved space that the engine keeps for what is easily made again: e × π × φ percent. */
const TEMPORARY_SHARE = 0.1382;
const LEAST_TEMPORARY: Amount = { bytes: 512_000_000 };

/** A text or a whole number; empty for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" && Number.isInteger(value) ? String(value) : "";
}

/** What BuildKit, or the engine that contains it, does where a configuration has no rules of its own. */
export function defaultRules(given: CacheAllowance, inEngine: boolean): readonly BuildCacheRule[] {
  const allowance: CacheAllowance =
    Object.keys(given).length > 0
      ? given
      : { maxUsed: { share: 0.8 }, minFree: { share: 0.2 }, reserved: { share: 0.1 } };
  return [
    {
      name: "easily-made-again",
      types: ["source.local", "exec.cachemount", "source.git.checkout"],
      within: 48 * HOUR,
      unshared: true,
      whileAbove: inEngine ? temporaryOf(allowance) : { maxUsed: LEAST_TEMPORARY },
    },
    {
      name: "unused-for-60-days",
      types: ORDINARY_TYPES,
      within: 60 * 24 * HOUR,
      unshared: true,
      whileAbove: allowance,
    },
    { name: "unshared", types: ORDINARY_TYPES, unshared: true, whileAbove: allowance },
    { name: "all", whileAbove: allowance },
  ];
}

function temporaryOf({ reserved }: CacheAllowance): CacheAllowance {
  if (reserved === undefined) return { maxUsed: LEAST_TEMPORARY };
  const maxUsed: Amount =
    "bytes" in reserved
      ? { bytes: Math.round(reserved.bytes * TEMPORARY_SHARE) }
      : { share: reserved.share * TEMPORARY_SHARE };
  return { maxUsed, reserved: LEAST_TEMPORARY };
}
