import { appendFileSync, readFileSync } from "node:fs";

/** One figure of a benchmark, as it is shown. */
export interface Figure {
  readonly what: string;
  /** What was measured, a line for each side. */
  readonly sides: readonly string[];
  readonly result: string;
  /** Absent where a figure is shown for comparison only. */
  readonly aim?: { readonly text: string; readonly reached: boolean };
  /** Why it could not be measured: a figure without result. */
  readonly failure?: string;
}

/** Prints the figure, and hands it to the run that this benchmark is a part of. */
export function reportFigure(figure: Figure): void {
  const sides = figure.sides.map((side) => `  ${side}\n`).join("");
  process.stdout.write(`${figure.what}\n${sides}  => ${verdictOf(figure)}\n`);
  const file = process.env["PLIMSOLL_BENCH_FIGURES"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
  if (figure.failure !== undefined) process.exitCode = 1;
}

/** Measures and reports; what goes wrong is reported as a figure that is missing, and the others go on. */
export async function attempt(what: string, measure: () => Promise<void>): Promise<void> {
  try {
    await measure();
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    reportFigure({ what, sides: [], result: "", failure });
  }
}

export function readFigures(file: string): Figure[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
}

export function verdictOf({ result, aim, failure }: Figure): string {
  if (failure !== undefined) return `NOT MEASURED: ${failure}`;
  if (aim === undefined) return result;
  return `${result}; aim ${aim.text}: ${aim.reached ? "reached" : "MISSED"}`;
}
