import type { Figure } from "./figure.ts";

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  /** Brings about what the run starts from; not timed. */
  readonly prepare?: () => Promise<void>;
  /** Resolves with the milliseconds that count. */
  readonly run: () => Promise<number>;
}

export interface Series {
  readonly name: string;
  /** Milliseconds of each run, in ascending order. */
  readonly runsMs: readonly number[];
}

/** Runs the sides in turn, so that whatever else the machine does falls on all of them. */
export async function interleave(sides: readonly Side[], rounds: number): Promise<Series[]> {
  const runs = sides.map(({ name }) => ({ name, runsMs: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { prepare, run }] of sides.entries()) {
      await prepare?.();
      runs[index]?.runsMs.push(await run());
    }
  }
  return runs.map(({ name, runsMs }) => ({ name, runsMs: runsMs.toSorted((a, b) => a - b) }));
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Ours as a multiple of the peer's time. The minima are compared: on a machine that does other things too they are
 * what repeats.
 */
export function ratioFigure(what: string, ours: Series, peer: Series, atMost?: number): Figure {
  const ratio = minimumOf(ours) / minimumOf(peer);
  const ofMedians = (medianOf(ours) / medianOf(peer)).toFixed(2);
  return {
    what,
    sides: [describeSeries(ours), describeSeries(peer)],
    result: `${ratio.toFixed(2)} of ${peer.name} (of medians ${ofMedians})`,
    ...(atMost === undefined
      ? {}
      : { aim: { text: `at most ${atMost.toFixed(2)}`, reached: ratio <= atMost } }),
  };
}

function describeSeries(series: Series): string {
  const [minimum, median] = [minimumOf(series), medianOf(series)].map(milliseconds);
  return `${series.name}: min ${minimum}, median ${median} of ${series.runsMs.length} runs`;
}

function minimumOf({ name, runsMs }: Series): number {
  const [minimum] = runsMs;
  if (minimum === undefined) throw new Error(`${name} was not run`);
  return minimum;
}

function medianOf({ runsMs }: Series): number {
  const middle = runsMs.length / 2;
  const [low = 0, high = 0] = [runsMs[Math.ceil(middle) - 1], runsMs[Math.floor(middle)]];
  return (low + high) / 2;
}

function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
