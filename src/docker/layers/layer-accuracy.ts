import type { Accuracy } from "../../inventory/inventory.ts";

/** Several statements about the same figures as one. Where bounds of both kinds meet, the figure may be too high. */
export function combineAccuracy(...statements: readonly Accuracy[]): Accuracy {
  const doubts = statements.filter((statement) => statement.kind !== "exact");
  const [first] = doubts;
  if (first === undefined) return { kind: "exact" };
  const kind = doubts.some((doubt) => doubt.kind === "up-to") ? "up-to" : "at-least";
  const details = new Set(
    doubts.map((doubt) => doubt.detail).filter((detail) => detail !== undefined),
  );
  return { kind, detail: [...details].join("; ") };
}
