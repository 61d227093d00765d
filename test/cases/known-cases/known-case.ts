/** One case of another tool's documentation, tests or issues. */
export interface KnownCase {
  readonly id: string;
  /** What it is about, in a few words. */
  readonly says: string;
  /** Why no row tests it; or the file with its test, where that is another. */
  readonly leftOut?: string;
}

export interface CaseSection {
  /** The tools that these cases come from. */
  readonly tools: string;
  readonly cases: readonly KnownCase[];
}

/** `[id, says]`, or `[id, says, why it is left out]`. */
export type CaseLine = readonly [id: string, says: string, leftOut?: string];

export function section(tools: string, lines: readonly CaseLine[]): CaseSection {
  return {
    tools,
    cases: lines.map(([id, says, leftOut]) => ({
      id,
      says,
      ...(leftOut === undefined ? {} : { leftOut }),
    })),
  };
}

/** What recurs among the reasons: nothing of this is a decision about what may go. */
export const ELSEWHERE = {
  reading: "how engines write times, labels and states: the tests in src/docker and src/oci",
  applying: "carrying a plan out: the tests in src/apply and test/contract",
  watching: "watching over time: the tests in src/store",
  commands: "the command line: the tests in test/cli",
  measured: "test/contract/registry-measured.test.ts",
  upkeep: "test/contract/registry-upkeep.test.ts",
  listings: "test/contract/registry-native-listings.test.ts",
  vendors: "test/contract/registry-vendor-ways.test.ts",
} as const;
