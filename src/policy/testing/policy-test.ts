import type { Expected } from "./expectation.ts";
import type { HostWords } from "./host-words.ts";
import type { Line } from "./line-words.ts";

/** The policy that a test is about. */
export type TestedPolicy =
  /** A path, relative to the file of the test, or `preset:NAME`. */
  | { readonly kind: "named"; readonly name: string; readonly at: Line }
  | {
      readonly kind: "inline";
      /** On the lines on which it stands in the file of the test. */
      readonly text: string;
      readonly at: Line;
    };

/** Brakes that stop an unattended run. */
export const BRAKES = ["images", "bytes", "repository", "incomplete"] as const;

export type Brake = (typeof BRAKES)[number];

/** A host, a policy, a time, and what is expected of them. */
export interface PolicyTest {
  readonly name: string;
  readonly line: number;
  readonly policy: TestedPolicy;
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly host: HostWords;
  /** The word of the image that has a name or a mark. */
  readonly wordNamed: (text: string) => string | undefined;
  /** All that goes; undefined where that is not said. */
  readonly removes?: readonly Expected[];
  /** Some of what stays. */
  readonly keeps: readonly Expected[];
  /** All brakes that the plan runs into; undefined where that is not said. */
  readonly stops?: readonly Brake[];
}
