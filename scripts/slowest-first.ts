import { basename } from "node:path";

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Engine tests by how long they take, as measured: the longest may not be what the others have to wait for at the end. */
const SLOWEST = [
  "recovery-kills",
  "recovery-round-trip",
  "volumes",
  "mixed-scenario",
  "recovery-across-stores",
  "ways-back",
  "recovery-from-base",
  "registry-undo-faults",
  "stored-list",
  "find",
  "harness",
  "interrupted",
  "registry-kills",
  "undo-interrupted",
  "in-use",
];

/** Vitest's own order, by its notes of earlier runs or by size, with the slowest files first in their group. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (one, other) => groupOf(one) - groupOf(other) || rankOf(one) - rankOf(other),
    );
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = SLOWEST.indexOf(basename(moduleId, ".test.ts"));
  return rank === -1 ? SLOWEST.length : rank;
}
