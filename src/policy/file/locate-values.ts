import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from "yaml";

import type { LocatedEntry, LocatedValue } from "./located-value.ts";

const DEPTH_LIMIT = 50;
/** A policy of thousands of rules is far below; what aliases multiply is soon above. */
const WEIGHT_LIMIT = 100_000;
const MERGE_KEY = "<<";

/** A mistake at an offset of the text. */
export interface OffsetProblem {
  readonly start: number;
  readonly end?: number;
  readonly detail: string;
  readonly suggestion?: string;
  /** What stands there is right once it is in quotes. */
  readonly quoted?: true;
}

type Fail = (problem: OffsetProblem) => void;

/**
 * Turns a composed document into values that know their place. Aliases share the value of their anchor, so that this takes
 * time linear in the text whatever they stand for; `<<` merges. Undefined where the document is too large to go on.
 */
export function locateValues(root: ParsedNode, fail: Fail): LocatedValue | undefined {
  const reader = new ValueReader(fail);
  const value = reader.read(root);
  if (value.weight > WEIGHT_LIMIT) {
    const detail = `the file stands for more than ${WEIGHT_LIMIT.toLocaleString("en")} values, most of them by aliases`;
    fail({ start: value.start, detail });
    return undefined;
  }
  if (value.depth > DEPTH_LIMIT) {
    fail({ start: value.start, detail: `is nested deeper than ${DEPTH_LIMIT} levels` });
    return undefined;
  }
  return value;
}

class ValueReader {
  readonly #fail: Fail;
  /** The latest value of each anchor; undefined while it is being read. */
  readonly #anchors = new Map<string, LocatedValue | undefined>();

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  read(node: ParsedNode | null): LocatedValue {
    if (node === null) return scalarValue(null, 0, 0);
    const [start, end] = node.range;
    if (isAlias(node)) return this.#resolve(node.source, start, end);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, undefined);
    const value = this.#readContent(node, start, end);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, value);
    return value;
  }

  #readContent(node: ParsedNode, start: number, end: number): LocatedValue {
    if (isMap<ParsedNode, ParsedNode | null>(node)) return this.#readMap(node, start, end);
    if (isSeq<ParsedNode>(node)) {
      const members = node.items.map((item) => this.read(item));
      return {
        value: members.map(({ value }) => value),
        start,
        end,
        isScalar: false,
        members,
        ...sizeOf(members),
      };
    }
    return scalarValue(isScalar(node) ? node.value : null, start, end);
  }

  #readMap(node: YAMLMap<ParsedNode, ParsedNode | null>, start: number, end: number): LocatedValue {
    const own = new Map<string, LocatedEntry>();
    const merged = new Map<string, LocatedEntry>();
    for (const { key, value: valueNode } of node.items) {
      const [keyStart, keyEnd] = key.range;
      const value = this.read(valueNode ?? null);
      const name = isScalar(key) ? keyText(key) : undefined;
      if (name === undefined || name === "__proto__") {
        this.#fail({ start: keyStart, end: keyEnd, detail: "can be no key" });
      } else if (name === MERGE_KEY) {
        for (const [each, entry] of this.#mergedEntries(value)) {
          if (!merged.has(each)) merged.set(each, entry);
        }
      } else if (own.has(name)) {
        this.#fail({ start: keyStart, end: keyEnd, detail: "stands here a second time" });
      } else {
        const at = valueNode === null ? { ...value, start: keyStart, end: keyEnd } : value;
        own.set(name, { keyStart, keyEnd, value: at });
      }
    }
    const entries = new Map([...merged, ...own]);
    const values = [...entries].map(([name, entry]) => [name, entry.value.value] as const);
    return {
      value: Object.fromEntries(values),
      start,
      end,
      isScalar: false,
      entries,
      ...sizeOf([...entries.values()].map(({ value }) => value)),
    };
  }

  /** What `<<` brings in: of one mapping, or of several of which the earlier ones win. */
  #mergedEntries(source: LocatedValue): readonly (readonly [string, LocatedEntry])[] {
    const maps = source.members ?? [source];
    return maps.flatMap(({ entries, start, end }) => {
      if (entries !== undefined) return [...entries];
      this.#fail({ start, end, detail: "cannot be merged: << takes a mapping, or a list of them" });
      return [];
    });
  }

  #resolve(anchor: string, start: number, end: number): LocatedValue {
    const value = this.#anchors.get(anchor);
    if (value !== undefined) return value;
    const detail = this.#anchors.has(anchor)
      ? "is an alias of what it stands in"
      : "is an alias without an anchor before it";
    this.#fail({ start, end, detail });
    return scalarValue(null, start, end);
  }
}

function keyText({ value, source }: Scalar.Parsed): string | undefined {
  return typeof value === "string" ? value : source;
}

function scalarValue(value: unknown, start: number, end: number): LocatedValue {
  return { value, start, end, isScalar: true, weight: 1, depth: 0 };
}

function sizeOf(children: readonly LocatedValue[]): Pick<LocatedValue, "weight" | "depth"> {
  let weight = 1;
  let depth = 0;
  for (const child of children) {
    weight += child.weight;
    depth = Math.max(depth, child.depth);
  }
  return { weight, depth: depth + 1 };
}
