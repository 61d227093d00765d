import { randomUUID } from "node:crypto";

import type { MemoryRepository } from "./memory-registry.ts";
import { errorAnswer, type Answer } from "./serve.ts";

export interface PruningRule {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export interface PruningPolicy {
  readonly id: string;
  readonly enabled: boolean;
  readonly rules: readonly PruningRule[];
}

/** A body as `forms.CreatePruningPolicy` (docker/docs, reference/dtr/2.7/api); undefined where it is none. */
export function readPruningPolicy(body: Buffer): PruningPolicy | undefined {
  const { enabled, rules } = JSON.parse(body.toString("utf8")) as Partial<PruningPolicy>;
  if (typeof enabled !== "boolean" || rules === undefined || rules.length === 0) return undefined;
  const isKnown = rules.every(({ field, operator }) => OPERATORS[field]?.includes(operator));
  return isKnown ? { id: randomUUID(), enabled, rules } : undefined;
}

export const INVALID_POLICY: Answer = errorAnswer(404, "INVALID_PRUNING_POLICY");

/** The fields and operators that the description of `CreateRepoPruningPolicy` lists, as far as a fake can evaluate them. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  tag: ["eq", "sw", "ew", "c", "oo", "noo"],
  updated_at_duration: ["bf", "af"],
};

/** Tags that a policy takes: all of its rules have to hold. */
export function prunedTags(
  { tags }: MemoryRepository,
  { rules }: PruningPolicy,
  nowMs: number,
): readonly (readonly [name: string, digest: string])[] {
  return [...tags]
    .filter(([name, { pushedMs }]) => rules.every((rule) => holds(rule, name, nowMs - pushedMs)))
    .map(([name, { digest }]) => [name, digest]);
}

function holds({ field, operator, values }: PruningRule, name: string, ageMs: number): boolean {
  if (field === "updated_at_duration") {
    const [, amount = "0", unit = "h"] = /^(\d+)([hms])$/.exec(values[0] ?? "") ?? [];
    const limitMs = Number(amount) * { h: 3_600_000, m: 60_000, s: 1000 }[unit as "h" | "m" | "s"];
    return operator === "bf" ? ageMs > limitMs : ageMs < limitMs;
  }
  switch (operator) {
    case "sw":
      return values.some((value) => name.startsWith(value));
    case "ew":
      return values.some((value) => name.endsWith(value));
    case "c":
      return values.some((value) => name.includes(value));
    case "noo":
      return !values.includes(name);
    default:
      return values.includes(name);
  }
}
