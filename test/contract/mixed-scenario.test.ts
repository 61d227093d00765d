import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { runContainer } from "../harness/containers.ts";
import { callApiJson } from "../harness/engine-api.ts";
import { enginesToTest, type EngineKind } from "../harness/engine-kinds.ts";
import { imageStoreUsage, type ImageStoreUsage } from "../harness/image-store-usage.ts";
import {
  mixedScenario,
  type MixedScenario,
  type ScenarioImage,
} from "../harness/mixed-scenario.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import {
  expectDone,
  expectGone,
  noteImages,
  plannedImages,
  seed,
  type Before,
} from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { fullId, listImages, startEngineTarget, type EngineTarget } from "./engine-target.ts";

/**
 * Where `docker image prune -a` takes other images than the preset `unused`, each on purpose:
 * - that of the containerd store takes what is mounted into a running container, and spares what the name of a container
 *   means now, although the container shows its image by ID;
 * - that and Podman's take a base image while its children stay: no content goes with it, but a name that builds may want;
 * - Podman's takes the image that the name of a container means now, and leaves out what is dangling.
 *
 * On a graphdriver Docker's own takes the same images, and from the base image its name.
 */
const DIFFERENCES: Record<EngineKind, { kept: ScenarioImage[]; taken: ScenarioImage[] }> = {
  "docker-20.10": { kept: [], taken: [] },
  "docker-26.1": { kept: [], taken: [] },
  "docker-26.1-containerd": { kept: ["base"], taken: ["movedTo"] },
  "docker-latest": { kept: [], taken: [] },
  "docker-latest-containerd": { kept: ["base", "mounted"], taken: ["movedTo"] },
  podman: { kept: ["base", "movedTo"], taken: ["dangling"] },
};
const NO_INDEX = "a multi-platform index: only the containerd store keeps one";
const NO_MOUNT = "an image mount: needs Docker API 1.48";
/** What of the scenario an engine cannot have. */
const OMITTED: Record<EngineKind, readonly string[]> = {
  "docker-20.10": [NO_INDEX, NO_MOUNT],
  "docker-26.1": [NO_INDEX, NO_MOUNT],
  "docker-26.1-containerd": [NO_MOUNT],
  "docker-latest": [NO_INDEX],
  "docker-latest-containerd": [],
  podman: ["BuildKit images: Podman has no BuildKit", NO_INDEX, NO_MOUNT],
};
const ALL_UNUSED = encodeURIComponent('{"dangling":["false"]}');
const DANGLING = encodeURIComponent('{"dangling":["true"]}');

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  let scenario: MixedScenario;
  /** Filled in the same way, for the engine's own command. */
  let twin: EngineTarget;
  let twinScenario: MixedScenario;
  let before: Before;
  let plan: Plan;

  beforeAll(async () => {
    registry = await startRegistry();
    const options = { insecureRegistries: [registry.address] };
    const withTls = kind === "podman" ? options : { ...options, tls: true };
    target = await startEngineTarget(kind, withTls);
    twin = await startEngineTarget(kind, options);
    [scenario, twinScenario] = (await Promise.all(
      [target, twin].map(({ engine }) => mixedScenario(engine, { seed, registry })),
    )) as [MixedScenario, MixedScenario];
    before = await noteImages(target);
  });
  afterAll(async () => {
    await target.stop();
    await twin.stop();
    await registry.stop();
  });

  test("the scenario has all that the engine can have", () => {
    expect(scenario.omitted).toEqual(OMITTED[kind]);
  });

  test("dangling is what the engine's own filter says", async () => {
    const session = await openSession(target.address);
    const { actions, kept } = await session.plan(removeMatching({ state: "dangling" }));
    const inUse = new Set(
      kept.flatMap(({ subject, reasons }) =>
        reasons.some(({ rule }) => rule === "in-use") ? [subject] : [],
      ),
    );
    const engines = (await listImages(target.engine, `?filters=${DANGLING}`)).map(({ Id }) =>
      fullId(Id),
    );
    expect(actions.map(({ subject }) => subject).toSorted()).toEqual(
      engines.filter((id) => !inUse.has(id)).toSorted(),
    );
    expect(engines).toContain(scenario.images.dangling);
    expect(engines.filter((id) => inUse.has(id))).toEqual([scenario.images.moved]);
  });

  test.runIf(kind !== "podman")(
    "over TLS, without its files: never promised too much",
    async () => {
      const { host = "", certFile = "" } = target.engine.tls ?? {};
      const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: dirname(certFile) };
      const remote = await (await openSession(host, { environment })).plan("unused");
      const local = await (await openSession(target.address)).plan("unused");
      expect(plannedImages(remote).toSorted()).toEqual(plannedImages(local).toSorted());
      expect(remote.accuracy.kind).not.toBe("up-to");
      expect(remote.totals.freesBytes).toBeLessThanOrEqual(local.totals.freesBytes);
      expect(remote.totals.freesBytes).toBeGreaterThan(local.totals.freesBytes / 2);
    },
  );

  test("unused: what is predicted is freed, and the rest is whole", async () => {
    const session = await openSession(target.address);
    plan = await session.plan("unused");
    const usageBefore = totalOf(imageStoreUsage(target.engine));
    const report = await session.carryOut(plan);
    const freedOnDisk = usageBefore - totalOf(imageStoreUsage(target.engine));

    expectDone(report);
    const { freesDiskBytes = Number.NaN } = plan.totals;
    expect(Math.abs(freesDiskBytes - freedOnDisk)).toBeLessThan(freedOnDisk / 100);
    await expectGone(target, before, plannedImages(plan));
    const { running = "", moved = "", exited = "", created = "" } = scenario.containers;
    for (const container of [exited, created])
      await callApiJson(target.engine, "POST", `/containers/${container}/start`);
    for (const container of [running, moved])
      await callApiJson(target.engine, "POST", `/containers/${container}/restart?t=0`);
    const image = "scenario/running:1";
    await runContainer(target.engine, { image, name: "afterwards", state: "exited" });
  });

  test("unused is what docker image prune -a takes, but for what it should not", async () => {
    const held = await twin.listIds();
    await callApiJson(twin.engine, "POST", `/images/prune?filters=${ALL_UNUSED}`);
    const taken = held.difference(await twin.listIds());
    const { kept, taken: ours } = DIFFERENCES[kind];
    const engines = new Set(namesOf(twinScenario, taken)).difference(new Set(kept));
    const expected = engines.union(new Set(ours));
    expect(namesOf(scenario, new Set(plannedImages(plan)))).toEqual([...expected].toSorted());
    // Images without a name here are steps of builds.
    expect(plan.actions.length - expected.size).toBe(taken.size - engines.size - kept.length);
    expect(await target.listNames()).toContainEqual(expect.stringMatching(/scenario\/base:1$/));
  });
});

function totalOf({ layersBytes, contentBytes, metadataBytes }: ImageStoreUsage): number {
  return layersBytes + contentBytes + metadataBytes;
}

function namesOf({ images }: MixedScenario, ids: ReadonlySet<string>): string[] {
  return Object.entries(images)
    .flatMap(([name, id]) => (ids.has(id) ? [name] : []))
    .toSorted();
}
