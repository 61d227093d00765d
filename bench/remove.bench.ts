// How long removing 300 images takes, against the docker command: the same set is loaded anew for each run of each side.
// A list against a list: `apply` of a plan that was made before, and `docker image rm` of the names. One step against one
// step: `prune -a` of both, ours by a program that has never met the engine. Ours is with all it does: inventory, a look
// before each removal, and the journal. Engines are on the disk, as they are elsewhere: in memory an engine removes several
// times as fast, and only the journal would wait.

import { join } from "node:path";
import type { EngineKind } from "../test/harness/engine-kinds.ts";
import { callApiJson } from "../test/harness/engine-api.ts";
import type { RunningEngine } from "../test/harness/engines.ts";
import { loadImages } from "../test/harness/image-tar.ts";
import { manyImages } from "../test/harness/many-images.ts";
import { SeededRandom } from "../test/harness/seeded-random.ts";
import { reportFigure } from "./figure.ts";
import { describeEngine, onEngine } from "./on-engine.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { interleave, ratioFigure, type Series, type Side } from "./series.ts";
import { timedProgram } from "./timed-program.ts";

const IMAGES = 300;

interface Comparison {
  readonly kind: EngineKind;
  readonly rounds: number;
  /** Our time as a multiple of the docker command's, at most. */
  readonly aims: { readonly list: number; readonly step?: number };
}

await compareOn({ kind: "docker-latest", rounds: 4, aims: { list: 1, step: 1.3 } });
await compareOn({ kind: "docker-latest-containerd", rounds: 2, aims: { list: 0.35 } });

function compareOn(comparison: Comparison): Promise<void> {
  const { kind } = comparison;
  return onEngine(`remove: ${kind}`, kind, (engine) => compareRemovals(engine, comparison));
}

async function compareRemovals(engine: RunningEngine, { rounds, aims }: Comparison): Promise<void> {
  const images = manyImages(IMAGES, new SeededRandom("remove"));
  const references = images.flatMap((image) => image.references);
  const plimsoll = new PlimsollProgram(engine.cliEnv);
  const planFile = join(plimsoll.folder, "plan.json");
  const side = (
    name: string,
    run: () => Promise<number>,
    before?: () => Promise<unknown>,
  ): Side => ({
    name,
    run,
    prepare: async () => {
      await requireImages(engine, 0);
      plimsoll.forget();
      await loadImages(engine, images);
      await requireImages(engine, IMAGES);
      await before?.();
    },
  });
  try {
    await plimsoll.time("prune", "-a", "--force"); // fills Node's cache of compiled code
    const list = [
      side(
        "plimsoll apply plan.json --yes",
        () => plimsoll.time("apply", planFile, "--yes"),
        () => plimsoll.time("plan", "-a", "--no-recovery", "-o", planFile),
      ),
      side(`docker image rm (${references.length} names)`, () =>
        timedProgram("docker", ["image", "rm", ...references], engine.cliEnv),
      ),
    ];
    const step = [
      side("plimsoll prune -a --force --no-recovery", () =>
        plimsoll.time("prune", "-a", "--force", "--no-recovery"),
      ),
      side("docker image prune -a", () =>
        timedProgram("docker", ["image", "prune", "--all", "--force"], engine.cliEnv),
      ),
    ];
    const what = `remove: ${IMAGES} images, ${describeEngine(engine)}`;
    const [apply, rm] = (await interleave(list, rounds)) as [Series, Series];
    reportFigure(ratioFigure(`${what}, a list`, apply, rm, aims.list));
    if (aims.step !== undefined) {
      const [ours, prune] = (await interleave(step, rounds)) as [Series, Series];
      reportFigure(ratioFigure(`${what}, in one step`, ours, prune, aims.step));
    }
    await requireImages(engine, 0);
  } finally {
    plimsoll.discard();
  }
}

/** A side that left something behind, or began with less, would not have been measured at the same work. */
async function requireImages(engine: RunningEngine, expected: number): Promise<void> {
  const listed = await callApiJson<unknown[]>(engine, "GET", "/images/json?all=1");
  if (listed.length !== expected)
    throw new Error(`${listed.length} images where there should be ${expected}`);
}
