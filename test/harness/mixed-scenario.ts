import { classicBuild, commitContainer } from "./build-images.ts";
import { runContainer } from "./containers.ts";
import { callApiJson } from "./engine-api.ts";
import type { RunningEngine } from "./engines.ts";
import type { RunningRegistry } from "./registry.ts";
import {
  addBuildkitImages,
  addClassicImages,
  addForeignImages,
  oneCopyOn,
} from "./scenario-images.ts";
import { SeededRandom } from "./seeded-random.ts";

export type ScenarioImage =
  | "base"
  | "parent"
  | "child"
  | "smallFiles"
  | "running"
  | "exited"
  | "created"
  | "mounted"
  /** Used by a container; its tag has moved on to `movedTo`. */
  | "moved"
  | "movedTo"
  /** Used by nothing; its tag has moved on to `rebuilt`. */
  | "dangling"
  | "rebuilt"
  | "committed"
  | "buildkit1"
  | "buildkit2"
  | "buildkit3"
  | "epoch"
  | "undated"
  | "byDigest"
  | "multiPlatform";

/** Named after the image each one uses. */
export type ScenarioContainer = "running" | "exited" | "created" | "moved" | "mounting";

export type ScenarioVolume = "named" | "namedUnused" | "anonymous" | "anonymousUnused";

export interface MixedScenario {
  /** IDs by name; those of what was left out are absent. */
  images: Partial<Record<ScenarioImage, string>>;
  containers: Partial<Record<ScenarioContainer, string>>;
  volumes: Partial<Record<ScenarioVolume, string>>;
  networks: { unused: string };
  /** What this engine or this call cannot have, and why. */
  omitted: string[];
}

export interface ScenarioStage extends Omit<MixedScenario, "networks"> {
  engine: RunningEngine;
  random: SeededRandom;
  registry: RunningRegistry | undefined;
}

interface ScenarioOptions {
  seed: string;
  /** For the image that is known by digest only. Podman must have been started with its address. */
  registry?: RunningRegistry;
}

/** Fills a fresh engine with everything that makes accounting and selection hard, about 60 MB of it. */
export async function mixedScenario(
  engine: RunningEngine,
  { seed, registry }: ScenarioOptions,
): Promise<MixedScenario> {
  const stage: ScenarioStage = {
    engine,
    registry,
    random: new SeededRandom(seed),
    images: {},
    containers: {},
    volumes: {},
    omitted: [],
  };
  await addClassicImages(stage);
  await addBuildkitImages(stage);
  await addForeignImages(stage);
  await addVolumes(stage);
  await addContainers(stage);
  const network = await callApiJson<{ Id: string }>(engine, "POST", "/networks/create", {
    Name: "scenario-unused",
    Driver: "bridge",
  });
  const { images, containers, volumes, omitted } = stage;
  return { images, containers, volumes, omitted, networks: { unused: network.Id } };
}

async function addVolumes({ engine, volumes }: ScenarioStage): Promise<void> {
  const create = async (body: object) =>
    (await callApiJson<{ Name: string }>(engine, "POST", "/volumes/create", body)).Name;
  volumes.named = await create({ Name: "scenario-data" });
  volumes.namedUnused = await create({ Name: "scenario-unused" });
  volumes.anonymousUnused = await create({});
}

async function addContainers(stage: ScenarioStage): Promise<void> {
  const { engine, random, containers, images, volumes } = stage;
  for (const state of ["running", "created"] as const)
    containers[state] = await runContainer(engine, {
      image: `scenario/${state}:1`,
      name: `scenario-${state}`,
      state,
    });
  containers.exited = await runContainer(engine, {
    image: "scenario/exited:1",
    name: "scenario-exited",
    state: "exited",
    volumes: { "/named": "scenario-data", "/anonymous": "" },
  });
  volumes.anonymous = await anonymousVolumeOf(stage, containers.exited);
  images.committed = await commitContainer(engine, containers.exited, "scenario/committed:1");

  containers.moved = await runContainer(engine, {
    image: "scenario/moving:latest",
    name: "scenario-moved",
    state: "running",
  });
  images.movedTo = await classicBuild(
    engine,
    "scenario/moving:latest",
    oneCopyOn("scenario/base:1", random, 1),
  );

  if (engine.kind === "docker-latest" || engine.kind === "docker-latest-containerd")
    containers.mounting = await runContainer(engine, {
      image: "scenario/running:1",
      name: "scenario-mounting",
      state: "running",
      imageMount: "scenario/mounted:1",
    });
  else stage.omitted.push("an image mount: needs Docker API 1.48");
}

async function anonymousVolumeOf({ engine }: ScenarioStage, container: string): Promise<string> {
  const { Mounts } = await callApiJson<{ Mounts: { Destination: string; Name?: string }[] }>(
    engine,
    "GET",
    `/containers/${container}/json`,
  );
  const name = Mounts.find((mount) => mount.Destination === "/anonymous")?.Name;
  if (name === undefined) throw new Error(`container ${container} has no anonymous volume`);
  return name;
}
