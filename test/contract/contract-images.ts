import { expect } from "vitest";
import { randomLayer, type ImageLayer } from "../harness/image-layer.ts";
import type { ImageSpec } from "../harness/image-tar.ts";
import { SeededRandom, runSeed } from "../harness/seeded-random.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { RunReport } from "../../src/operations/run-report.ts";
import type { ActionState } from "../../src/ports/run-journal.ts";
import type { ContractTarget } from "./contract-target.ts";

const LAYER_FILES = 3;
const LAYER_FILE_BYTES = 20_000;
/** More than manifest and configuration of one of these images take. */
const DOCUMENTS_BYTES = 10_000;
const CREATED = "2026-02-01T00:00:00Z";

/** More than the program's grace period, and than the hour that the preset `dangling` keeps. */
export const TWO_HOURS_MS = 7_200_000;

/** Of the test file that imports it. */
export const seed = runSeed();
export const random = new SeededRandom(seed);

/** A small layer that no other image has. */
export function newLayer(): ImageLayer {
  return randomLayer(random, { files: LAYER_FILES, fileBytes: LAYER_FILE_BYTES });
}

/** An image with a layer of its own on the given ones. */
export function newImage(
  references: readonly string[],
  below: readonly ImageLayer[] = [],
  fields: Partial<ImageSpec> = {},
): ImageSpec {
  return { references, layers: [...below, newLayer()], created: CREATED, ...fields };
}

/** What a target held before a removal, to be compared with what it holds after. */
export interface Before {
  readonly ids: ReadonlySet<string>;
  readonly names: readonly string[];
}

export async function noteImages(target: ContractTarget): Promise<Before> {
  return { ids: await target.listIds(), names: await target.listNames() };
}

export function plannedImages(plan: Plan): string[] {
  return plan.actions.filter(({ kind }) => kind === "delete-image").map(({ subject }) => subject);
}

/**
 * Exactly these images are gone, with their names; nothing came, no other name went, and what is left by name can be read
 * to its last byte.
 */
export async function expectGone(
  target: ContractTarget,
  before: Before,
  gone: Iterable<string>,
): Promise<void> {
  const after = await noteImages(target);
  expect([...before.ids.difference(after.ids)].toSorted()).toEqual([...gone].toSorted());
  expect([...after.ids.difference(before.ids)]).toEqual([]);
  for (const name of after.names) await target.readOut(name);
}

/** Every action of the run ended so. */
export function expectAll(report: RunReport, state: ActionState): void {
  const ended = report.outcomes.map((outcome) => ({ state: outcome.state, why: outcome.detail }));
  expect(ended).toEqual(ended.map(() => ({ state, why: expect.any(String) })));
}

/** A run of which everything was carried out, and which freed what it said, as exactly as it said. */
export function expectDone(report: RunReport): void {
  expectAll(report, "applied");
  expect(report).toMatchObject({ state: "done", findings: [] });
  const { accuracy, predictedBytes, freedBytes = Number.NaN } = report;
  if (accuracy.kind === "exact") expect(freedBytes).toBe(predictedBytes);
  else if (accuracy.kind === "at-least") expect(freedBytes).toBeGreaterThanOrEqual(predictedBytes);
  // Podman's total, of which the difference is taken, has the images' documents in it besides.
  else expect(freedBytes).toBeLessThan(predictedBytes + report.outcomes.length * DOCUMENTS_BYTES);
}

/** Every image of the plan goes into the bin, whatever way back it would have. */
export function archivingPlan(plan: Plan): Plan {
  const recovery = { way: "archive", detail: "" } as const;
  const actions = plan.actions.map((action) =>
    action.kind === "delete-image" ? { ...action, recovery } : action,
  );
  return { ...plan, actions };
}
