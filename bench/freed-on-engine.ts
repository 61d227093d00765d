import { join } from "node:path";
import type { Plan } from "../src/plan/plan.ts";
import type { RunningEngine } from "../test/harness/engines.ts";
import { imageStoreUsage } from "../test/harness/image-store-usage.ts";
import { mixedScenario } from "../test/harness/mixed-scenario.ts";
import type { RunningRegistry } from "../test/harness/registry.ts";
import { dockerReclaimableBytes } from "./docker-reclaimable.ts";
import { relayEngine } from "./engine-relay.ts";
import { reportFigure } from "./figure.ts";
import { describeEngine } from "./on-engine.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { predictionFigure } from "./prediction.ts";
import { storedLayerBytes } from "./stored-layers.ts";

const ONE_PERCENT = { kind: "share", atMost: 0.01 } as const;

interface Removal {
  readonly plan: Plan;
  /** By the engine's own record of each layer; undefined where it keeps none. */
  readonly layerBytes: number | undefined;
  /** Blocks of layers, content, and what the engine notes about them. */
  readonly diskBytes: number;
  readonly dockerBytes: number;
}

/** With everything at hand that the machine's own administrator has. */
export async function freedOnEngine(
  engine: RunningEngine,
  registry: RunningRegistry,
): Promise<void> {
  const removal = await removeUnused(engine, registry, engine.host);
  const { layerBytes, diskBytes, dockerBytes } = removal;
  const { totals } = removal.plan;
  const where = `freed: ${describeEngine(engine)}`;
  const saidBy = "plimsoll plan";
  const disk = { witness: "du of the engine's folders", freed: diskBytes };
  if (layerBytes === undefined) {
    const what = `${where}, bytes`;
    const ours = { what, saidBy, predicted: totals.freesBytes, ...disk };
    reportFigure(predictionFigure(ours, ONE_PERCENT));
    reportFigure(byDocker(where, dockerBytes, disk));
    return;
  }
  const layers = { witness: "layers that are gone from the engine's books", freed: layerBytes };
  const bytes = { what: `${where}, bytes of layers`, saidBy, predicted: totals.freesBytes };
  reportFigure(predictionFigure({ ...bytes, ...layers }, { kind: "none" }));
  if (totals.freesDiskBytes === undefined) throw new Error("the plan tells no bytes on disk");
  const blocks = { what: `${where}, bytes on disk`, saidBy, predicted: totals.freesDiskBytes };
  reportFigure(predictionFigure({ ...blocks, ...disk }, ONE_PERCENT));
  reportFigure(byDocker(where, dockerBytes, layers));
}

/** As on another machine: neither the data root nor containerd can be looked into. */
export async function freedByApiAlone(
  engine: RunningEngine,
  registry: RunningRegistry,
): Promise<void> {
  const relay = await relayEngine(engine);
  try {
    const { plan, diskBytes } = await removeUnused(engine, registry, relay.host);
    const prediction = {
      what: `freed: ${describeEngine(engine)}, by its API alone`,
      saidBy: `plimsoll plan, ${plan.accuracy.kind}`,
      predicted: plan.totals.freesBytes,
      witness: "du of the engine's folders",
      freed: diskBytes,
    };
    reportFigure(predictionFigure(prediction, { kind: "over" }));
  } finally {
    await relay.close();
  }
}

/** Fills the engine, plans, applies, and looks at what is gone. */
async function removeUnused(
  engine: RunningEngine,
  registry: RunningRegistry,
  host: string,
): Promise<Removal> {
  await mixedScenario(engine, { seed: "freed", registry });
  const plimsoll = new PlimsollProgram({ ...engine.cliEnv, DOCKER_HOST: host });
  try {
    const planFile = join(plimsoll.folder, "plan.json");
    const dockerBytes = await dockerReclaimableBytes(engine);
    const layersBefore = storedLayerBytes(engine);
    const diskBefore = diskBytesOf(engine);
    const plan = await plimsoll.json<Plan>(
      "plan",
      "--preset",
      "unused",
      "--no-recovery",
      "-o",
      planFile,
    );
    await plimsoll.json("apply", planFile, "--yes");
    const layersAfter = storedLayerBytes(engine);
    const isCounted = layersBefore !== undefined && layersAfter !== undefined;
    return {
      plan,
      layerBytes: isCounted ? layersBefore - layersAfter : undefined,
      diskBytes: diskBefore - diskBytesOf(engine),
      dockerBytes,
    };
  } finally {
    plimsoll.discard();
  }
}

function diskBytesOf(engine: RunningEngine): number {
  const { layersBytes, contentBytes, metadataBytes } = imageStoreUsage(engine);
  return layersBytes + contentBytes + metadataBytes;
}

function byDocker(where: string, predicted: number, freed: { witness: string; freed: number }) {
  const what = `${where}, as docker has it`;
  const saidBy = "RECLAIMABLE of docker system df";
  return predictionFigure({ what, saidBy, predicted, ...freed });
}
