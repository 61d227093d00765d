import { parseDuration } from "../../duration.ts";
import type { Amount, DurationMs } from "../../policy.ts";
import { parseSize } from "../../size.ts";
import { isMistake, mistake, type Mistake } from "./mistake.ts";
import { otherKind, reader, textReader, type Schema } from "./reader.ts";

const DURATION = "a duration such as 90m, 36h or 7d";
const SIZE = "a size such as 500MB, 10GB or 2GiB";
const AMOUNT = "a share of the disk such as 85%, or a size such as 50GB";

export function durationReader(description: string): Schema<DurationMs> {
  const read = (value: unknown): DurationMs | Mistake => {
    if (typeof value === "number")
      return mistake(`has no unit; ${DURATION} is wanted`, `${value}d`);
    if (typeof value !== "string") return otherKind(value, DURATION);
    const near = nearDuration(value);
    const isTooLong = near === value;
    return (
      parseDuration(value) ??
      (isTooLong ? mistake("is more than a thousand years") : notQuantity(value, DURATION, near))
    );
  };
  return reader(read, {
    type: "string",
    description,
    examples: ["36h", "7d", "2w", "P30D"],
    pattern: String.raw`^(0|(\d+(\.\d+)?(ms|s|m|h|d|w))+|P(?=.)(\d+W|(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?))$`,
  });
}

/** What is a quantity of another kind is told to be that. */
function notQuantity(text: string, wanted: string, suggestion?: string): Mistake {
  if (suggestion !== undefined) return mistake(`is not ${wanted}`, suggestion);
  const kind = kindOfQuantity(text);
  return mistake(kind === undefined ? `is not ${wanted}` : `is ${kind}; ${wanted} is wanted`);
}

function kindOfQuantity(text: string): string | undefined {
  if (parseShare(text) !== undefined) return "a share";
  if (!/[a-z]/i.test(text)) return undefined;
  if (parseDuration(text) !== undefined) return "a duration";
  return parseSize(text) === undefined ? undefined : "a size";
}

/** Months and years have no fixed length, and words are no units. */
function nearDuration(text: string): string | undefined {
  const [, many = "", long] = /^P(\d+)([MY])$/.exec(text) ?? [];
  if (long !== undefined) return `P${Number(many) * (long === "M" ? 30 : 365)}D`;
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const short = UNIT_WORDS.find(([words]) => words.test(unit))?.[1];
  if (short !== undefined) return `${amount}${short}`;
  const days = /^mo(?:nths?)?$/i.test(unit) ? 30 : /^y(?:ears?|rs?)?$/i.test(unit) ? 365 : 0;
  return days === 0 ? undefined : `${Number(amount) * days}d`;
}

const UNIT_WORDS: readonly (readonly [words: RegExp, unit: string])[] = [
  [/^s(?:ec(?:ond)?s?)?$/i, "s"],
  [/^m(?:in(?:ute)?s?)?$/i, "m"],
  [/^h(?:(?:ou)?rs?)?$/i, "h"],
  [/^d(?:ays?)?$/i, "d"],
  [/^w(?:eeks?)?$/i, "w"],
];

const SIZE_PATTERN = String.raw`\d+(\.\d+)? ?([kKmMgGtTpP]?[bB]?|[kKmMgGtTpP][iI][bB])`;

export function sizeReader(description: string): Schema<number> {
  return reader(readSize, {
    type: "string",
    description,
    examples: ["500MB", "10GB", "2GiB"],
    pattern: `^${SIZE_PATTERN}$`,
  });
}

function readSize(value: unknown): number | Mistake {
  if (typeof value === "number") return mistake(`has no unit; ${SIZE} is wanted`, `${value}GB`);
  if (typeof value !== "string") return otherKind(value, SIZE);
  if (/^\d+(?:\.\d+)?$/.test(value)) return mistake(`has no unit; ${SIZE} is wanted`, `${value}GB`);
  return parseSize(value) ?? notQuantity(value, SIZE);
}

const PERCENT = /^(\d+(?:\.\d+)?) ?%$/;

/** `85%` as 0.85, the nearest number there is. Undefined when the text is no percentage. */
function parseShare(text: string): number | undefined {
  const [, percent] = PERCENT.exec(text) ?? [];
  return percent === undefined ? undefined : Number(`${percent}e-2`);
}

export function amountReader(description: string): Schema<Amount> {
  return reader(readAmount, {
    type: "string",
    description,
    examples: ["85%", "50GB"],
    pattern: String.raw`^(\d+(\.\d+)? ?%|${SIZE_PATTERN})$`,
  });
}

function readAmount(value: unknown): Amount | Mistake {
  if (typeof value === "number") {
    const percent = value <= 1 ? value * 100 : value;
    return mistake(`has no unit; ${AMOUNT} is wanted`, `${Number(percent.toPrecision(12))}%`);
  }
  if (typeof value !== "string") return otherKind(value, AMOUNT);
  const share = parseShare(value);
  if (share !== undefined) return share <= 1 ? { share } : mistake("is more than the whole disk");
  if (/^\d+(?:\.\d+)?$/.test(value))
    return mistake(`has no unit; ${AMOUNT} is wanted`, `${value}%`);
  const bytes = parseSize(value);
  return bytes === undefined ? notQuantity(value, AMOUNT) : { bytes };
}

/** How many images: a share of all, or a number. */
export function imageAmountReader(
  description: string,
): Schema<{ share: number } | { count: number }> {
  const wanted = "a share of the images such as 50%, or a number of them";
  const read = (value: unknown): { share: number } | { count: number } | Mistake => {
    if (typeof value === "number") {
      if (Number.isSafeInteger(value) && value >= 0) return { count: value };
      const suggestion =
        value > 0 && value < 1 ? `${Number((value * 100).toPrecision(12))}%` : undefined;
      return mistake(`is not ${wanted}`, suggestion);
    }
    if (typeof value !== "string") return otherKind(value, wanted);
    const share = parseShare(value);
    if (share === undefined) return notQuantity(value, wanted);
    return share <= 1 ? { share } : mistake("is more than all images");
  };
  return reader(read, {
    anyOf: [
      { type: "string", pattern: String.raw`^\d+(\.\d+)? ?%$` },
      { type: "integer", minimum: 0 },
    ],
    description,
    examples: ["50%", 100],
  });
}

/** `zero`: what a zero would say, and how that is said instead. */
export function countReader(description: string, zero: string): Schema<number> {
  const read = (value: unknown): number | Mistake => {
    if (value === 0) return mistake(zero);
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    const [digits] = typeof value === "string" ? (/^[1-9]\d*$/.exec(value) ?? []) : [];
    return mistake("is not a whole number of at least 1", digits);
  };
  return reader(read, { type: "integer", minimum: 1, description, examples: [5] });
}

/** Bounds of a size, both exclusive. */
export interface SizeBounds {
  readonly largerThanBytes?: number;
  readonly smallerThanBytes?: number;
}

const BOUND = /^(>=|<=|>|<) ?(\S+)$/;
const COMPARED = 'a comparison such as ">1GB", "<=500MB" or ">1GB <5GB"';

/** Bytes are whole, so that `>=1GB` is larger than one byte less. */
export function sizeBoundsReader(description: string): Schema<SizeBounds> {
  const read = (text: string): SizeBounds | Mistake => {
    const bounds: { -readonly [K in keyof SizeBounds]: SizeBounds[K] } = {};
    for (const part of text.trim().split(/ +(?=[<>])/)) {
      const [, sign = "", amount = ""] = BOUND.exec(part) ?? [];
      if (sign === "") return mistake(`is not ${COMPARED}`, nearBound(text));
      const bytes = readSize(amount);
      if (isMistake(bytes)) return bytes;
      const key = sign.startsWith(">") ? "largerThanBytes" : "smallerThanBytes";
      if (bounds[key] !== undefined) return mistake("bounds the same side twice");
      if (key === "largerThanBytes") bounds[key] = sign === ">" ? bytes : bytes - 1;
      else bounds[key] = sign === "<" ? bytes : bytes + 1;
    }
    const { largerThanBytes: above = -1, smallerThanBytes: below = Infinity } = bounds;
    return below - above > 1 ? bounds : mistake("holds for no size at all");
  };
  return textReader(COMPARED, read, {
    description,
    examples: [">1GB", "<=500MB", ">1GB <5GB"],
    pattern: `^ *(>=|<=|>|<) ?${SIZE_PATTERN}( +(>=|<=|>|<) ?${SIZE_PATTERN})? *$`,
  });
}

function nearBound(text: string): string | undefined {
  return parseSize(text) === undefined ? undefined : `">${text}"`;
}
