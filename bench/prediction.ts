import type { Figure } from "./figure.ts";

/** A number of bytes that was said beforehand, and the number that it turned out to be. */
export interface Prediction {
  readonly what: string;
  readonly saidBy: string;
  readonly predicted: number;
  readonly witness: string;
  readonly freed: number;
}

/** `none`: to the byte. `share`: off by so much of what was freed at most. `over`: less may be said, more must not. */
export type Tolerance =
  | { readonly kind: "none" }
  | { readonly kind: "share"; readonly atMost: number }
  | { readonly kind: "over" };

export function predictionFigure(prediction: Prediction, tolerance?: Tolerance): Figure {
  const { what, saidBy, predicted, witness, freed } = prediction;
  if (freed <= 0) throw new Error(`${what}: nothing was freed`);
  const off = predicted - freed;
  const share = ((off / freed) * 100).toFixed(2);
  const sign = off > 0 ? "+" : "";
  return {
    what,
    sides: [`${saidBy}: ${count(predicted)}`, `${witness}: ${count(freed)}`],
    result: `off by ${sign}${count(off)} bytes (${sign}${share} %)`,
    ...(tolerance === undefined ? {} : { aim: aimOf(tolerance, off, freed) }),
  };
}

function aimOf(tolerance: Tolerance, off: number, freed: number): NonNullable<Figure["aim"]> {
  switch (tolerance.kind) {
    case "none":
      return { text: "0 bytes off", reached: off === 0 };
    case "share":
      return {
        text: `within ${tolerance.atMost * 100} %`,
        reached: Math.abs(off) <= tolerance.atMost * freed,
      };
    case "over":
      return { text: "never more than was freed", reached: off <= 0 };
  }
}

function count(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
