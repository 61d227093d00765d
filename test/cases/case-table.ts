import { describe, expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import type { ImageRule, Keep, Policy } from "../../src/policy/policy.ts";
import { presetPolicy } from "../../src/policy/presets.ts";
import {
  deletedBy,
  keptBy,
  planFor,
  subjectsOf,
  type HostWords,
} from "../fixtures/host-in-words.ts";

/**
 * What other tools do on a host, or should do: each row bears the letter of the tool and a number, and the outcome that is
 * safe. A: docuum, B: docker-gc, C: docker-custodian, D: docker-clean, E: docker-cleanup, F: kubelet, G: eraser, H: moby,
 * I: BuildKit, J: ECS agent, K: watchtower, tilt, drone-gc and kamal, L: complaints that no tool answers yet.
 *
 * | not here | because | tested in |
 * | --- | --- | --- |
 * | A1, A23, B11, H12, L4 | how engines write times, states and labels | `src/docker`, `src/oci` |
 * | A18, B10, B17, C22, C23, E2, E3, H15, H16, H41, J8, J9, J12, J13, K2-K5, K15, L13, L14, L16, L21 | carrying a plan out, and what changes meanwhile | `src/apply`, `test/contract`, `test/integration` |
 * | A20, A21, F1-F5, F18, J14, K6, K11 | watching over time: needs the daemon or the record of sightings | `src/store`, `src/operations` |
 * | B1, C24, C27, C32, D3, D9-D11, F26, G2, K12, K13 | the command line and its files | `test/cli`, `src/policy` |
 * | A19, I1-I5, I12 | sizes of disks and rules inside an engine | |
 * | B12, C2, C7, C30, C31, D2, D5, D6, F2, H28, H29, J18 | nothing here stops containers, removes volumes with them, looks at volume drivers or tears platforms off an index | |
 * | J22 | smallest first would remove what is newest: least recently active first, size only decides among equals | below |
 */
export interface Case {
  readonly id: string;
  readonly what: string;
  readonly host: HostWords;
  readonly policy: Partial<Policy>;
  /** Images that go, sorted. */
  readonly deletes: string;
  /** Containers, volumes, networks and cache records that go, in plan order. */
  readonly removes?: string;
  /** Rules that keep what the word stands for. */
  readonly keeps?: Readonly<Record<string, string>>;
}

export function describeCases(title: string, cases: readonly Case[]): void {
  describe(`on a host: ${title}`, () => {
    test.each(cases)("$id $what", ({ host, policy, deletes, removes, keeps }) => {
      const plan = planFor(host, policy);
      expect(deletedBy(plan).join(" ")).toBe(deletes);
      if (removes !== undefined) expect(otherRemovals(plan)).toBe(removes);
      for (const [word, rules] of Object.entries(keeps ?? {})) {
        expect(`${word}: ${keptBy(plan, word).join(" ")}`).toBe(`${word}: ${rules}`);
      }
    });
  });
}

function otherRemovals(plan: Plan): string {
  const kinds = [
    "remove-container",
    "remove-volume",
    "remove-network",
    "prune-build-cache",
  ] as const;
  return kinds
    .flatMap((kind) =>
      subjectsOf(plan, kind).map((subject) => subject.replace(/^(?:container|network)-/, "")),
    )
    .join(" ");
}

/** One rule for every image. */
export function everyImage(keep: Keep = {}, more: Partial<ImageRule> = {}): Partial<Policy> {
  return { images: [{ name: "every", match: {}, keep, ...more }] };
}

export function preset(name: string): Policy {
  const policy = presetPolicy(name);
  if (policy === undefined) throw new Error(`no preset ${name}`);
  return policy;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
