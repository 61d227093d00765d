// How long a plan for an engine with 1,200 images takes, against what the engine itself takes to tell of them.

import { setTimeout as delay } from "node:timers/promises";
import { callApi } from "../test/harness/engine-api.ts";
import type { RunningEngine } from "../test/harness/engines.ts";
import { loadImages } from "../test/harness/image-tar.ts";
import { manyImages } from "../test/harness/many-images.ts";
import { SeededRandom } from "../test/harness/seeded-random.ts";
import { fullListCalls, relayEngine } from "./engine-relay.ts";
import { reportFigure } from "./figure.ts";
import { describeEngine, keepEnginesInMemory, onEngine } from "./on-engine.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { interleave, ratioFigure, timed, type Series, type Side } from "./series.ts";
import { timedProgram } from "./timed-program.ts";

const IMAGES = 1200;
const LOADED_AT_ONCE = 300;
/** What an engine's files tell is remembered once they have not changed for two seconds. */
const SETTLED_MS = 2_500;
/** As docker does it: without looking for ways back. */
const PLAN = ["plan", "--preset", "unused", "--no-recovery"] as const;

await onEngine("plan: graphdriver", "docker-latest", (engine) =>
  withImages(engine, againstDiskUsage),
);
// Loading takes minutes on a disk. A graphdriver is not moved: in memory the engine's own commands are a third faster.
keepEnginesInMemory();
await onEngine("plan: containerd store", "docker-latest-containerd", (engine) =>
  withImages(engine, againstList),
);

async function withImages(
  engine: RunningEngine,
  measure: (engine: RunningEngine, plimsoll: PlimsollProgram, where: string) => Promise<void>,
): Promise<void> {
  const images = manyImages(IMAGES, new SeededRandom("plan"));
  for (let first = 0; first < IMAGES; first += LOADED_AT_ONCE)
    await loadImages(engine, images.slice(first, first + LOADED_AT_ONCE));
  const plimsoll = new PlimsollProgram(engine.cliEnv);
  try {
    await delay(SETTLED_MS);
    await plimsoll.time(...PLAN); // fills Node's cache of compiled code
    await measure(engine, plimsoll, `plan: ${IMAGES} images, ${describeEngine(engine)}`);
  } finally {
    plimsoll.discard();
  }
}

/** A process against a process: the docker command asks the engine for the same facts. */
async function againstDiskUsage(
  engine: RunningEngine,
  plimsoll: PlimsollProgram,
  where: string,
): Promise<void> {
  const peer = {
    name: "docker system df -v",
    run: () => timedProgram("docker", ["system", "df", "-v"], engine.cliEnv),
  };
  const warm = await compare(warmPlan(plimsoll), peer, 9);
  reportFigure(ratioFigure(`${where}, known before`, ...warm, 0.6));
  const cold = await compare(coldPlan(plimsoll), peer, 5);
  reportFigure(ratioFigure(`${where}, never seen`, ...cold, 2));
  const secured = {
    name: "plimsoll plan --preset unused",
    run: () => plimsoll.time("plan", "--preset", "unused"),
  };
  await secured.run(); // asks the engine once about each image that is to go into the bin
  reportFigure(ratioFigure(`${where}, with ways back`, ...(await compare(secured, peer, 5))));
}

/** The engine's own list takes most of the time that there is; nothing can be faster that needs it. */
async function againstList(
  engine: RunningEngine,
  plimsoll: PlimsollProgram,
  where: string,
): Promise<void> {
  const list = {
    name: "GET /images/json?all=1",
    run: () => timed(() => callApi(engine, "GET", "/images/json?all=1")),
  };
  const cold = await compare(coldPlan(plimsoll), list, 2);
  reportFigure(ratioFigure(`${where}, never seen`, ...cold, 1.1));
  const warm = await compare(warmPlan(plimsoll), list, 2);
  reportFigure(ratioFigure(`${where}, known before`, ...warm, 1.1));

  // Only so does the engine tell of which platforms it has what, which changes what an image takes.
  const wholeList = {
    name: "GET /images/json?all=1&manifests=1",
    run: () => timed(() => callApi(engine, "GET", "/images/json?all=1&manifests=1")),
  };
  const relay = await relayEngine(engine);
  const remote = new PlimsollProgram({ ...engine.cliEnv, DOCKER_HOST: relay.host });
  try {
    const apart = `${where}, by its API alone`;
    const first = await compare(coldPlan(remote), wholeList, 1);
    reportFigure(ratioFigure(`${apart}, never seen`, ...first));
    relay.requests.length = 0;
    const again = await compare(warmPlan(remote), wholeList, 2);
    reportFigure(ratioFigure(`${apart}, known before`, ...again, 1.1));
    reportListCalls(`${apart}: whole lists asked for by a plan`, relay.requests, 2);
  } finally {
    remote.discard();
    await relay.close();
  }
}

async function compare(ours: Side, peer: Side, rounds: number): Promise<[Series, Series]> {
  return (await interleave([ours, peer], rounds)) as [Series, Series];
}

function warmPlan(plimsoll: PlimsollProgram): Side {
  return { name: `plimsoll ${PLAN.join(" ")}`, run: () => plimsoll.time(...PLAN) };
}

function coldPlan(plimsoll: PlimsollProgram): Side {
  return { ...warmPlan(plimsoll), prepare: async () => plimsoll.forget() };
}

function reportListCalls(what: string, requests: readonly string[], plans: number): void {
  const each = fullListCalls(requests) / plans;
  reportFigure({
    what,
    sides: [`${requests.length} requests of ${plans} plans`],
    result: `${each} a plan`,
    aim: { text: "at most 1", reached: each <= 1 },
  });
}
