import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DaemonProcess } from "./daemon-process.ts";
import { dockerLaunch, executableFolders } from "./docker-launch.ts";
import { answersPing, callApiJson, type EngineAddress } from "./engine-api.ts";
import type { EngineKind } from "./engine-kinds.ts";
import type { EngineLaunch, LaunchOptions, TlsEndpoint } from "./engine-launch.ts";
import { podmanLaunch } from "./podman-launch.ts";
import { isAlive } from "./processes.ts";
import { createScratchFolder, discardScratchFolder } from "./scratch-folder.ts";

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;
const CONTAINERD_POLL_MS = 20;

export interface RunningEngine {
  kind: EngineKind;
  product: "docker" | "podman";
  /** Versions of the Debian packages it runs from. */
  versions: Record<string, string>;
  socketPath: string;
  /** `unix://…`, as DOCKER_HOST takes it. */
  host: string;
  tls?: TlsEndpoint;
  dataRoot: string;
  containerdSocket?: string;
  /** Removed with the engine; tests may put files of their own below it. */
  folder: string;
  logFile: string;
  /** Environment for a docker CLI of this engine's age, with configuration of its own. */
  cliEnv: NodeJS.ProcessEnv;
  /** Kills the engine at once; its containers and data stay until `restart` or `stop`. */
  stopHard(): Promise<void>;
  /** Starts it anew on the same data, after `stopHard` or in order. */
  restart(): Promise<void>;
  /** Ends it and leaves nothing behind: no process, no mount, no folder. */
  stop(): Promise<void>;
}

export async function startEngine(
  kind: EngineKind,
  options: LaunchOptions = {},
): Promise<RunningEngine> {
  const folder = createScratchFolder();
  try {
    const launch =
      kind === "podman"
        ? await podmanLaunch(folder, options)
        : await dockerLaunch(kind, folder, options);
    const logFile = join(folder, "engine.log");
    let daemon = await startDaemon(launch, logFile);
    return {
      kind,
      product: launch.product,
      versions: launch.versions,
      socketPath: launch.socketPath,
      host: `unix://${launch.socketPath}`,
      ...(launch.tls ? { tls: launch.tls } : {}),
      dataRoot: launch.dataRoot,
      ...(launch.containerdSocket ? { containerdSocket: launch.containerdSocket } : {}),
      folder,
      logFile,
      cliEnv: await cliEnvironment(launch, folder),
      stopHard: async () => {
        await daemon.kill();
        await containerdHasEnded(launch);
      },
      restart: async () => {
        await daemon.terminate(STOP_TIMEOUT_MS);
        daemon = await startDaemon(launch, logFile);
      },
      stop: async () => {
        // Nobody wants its data any more: an orderly end, for which Docker takes a second, is for its containers.
        const isIdle = daemon.running && (await killContainers(launch)) === 0;
        await (isIdle ? daemon.kill() : daemon.terminate(STOP_TIMEOUT_MS));
        await discardScratchFolder(folder);
      },
    };
  } catch (error) {
    await discardScratchFolder(folder);
    throw error;
  }
}

async function startDaemon(launch: EngineLaunch, logFile: string): Promise<DaemonProcess> {
  const daemon = new DaemonProcess(launch.program, launch.args, { env: launch.env, logFile });
  await daemon.waitUntilReady(() => answersPing(launch), READY_TIMEOUT_MS);
  return daemon;
}

/**
 * A killed dockerd takes its containerd along, a moment later. The next dockerd would wait for the process named in
 * the pid file, for ever where nobody reaps it.
 */
async function containerdHasEnded({ containerdPidFile }: EngineLaunch): Promise<void> {
  if (containerdPidFile === undefined) return;
  const pid = Number(await readFile(containerdPidFile, "utf8"));
  while (isAlive(pid)) await delay(CONTAINERD_POLL_MS);
  await rm(containerdPidFile);
}

/** An engine waits ten seconds for every container that does not listen to SIGTERM. Resolves with their number. */
async function killContainers(engine: EngineAddress): Promise<number> {
  const running = await callApiJson<{ Id: string }[]>(engine, "GET", "/v1.41/containers/json");
  await Promise.allSettled(
    running.map(({ Id }) => callApiJson(engine, "POST", `/v1.41/containers/${Id}/kill`)),
  );
  return running.length;
}

async function cliEnvironment(launch: EngineLaunch, folder: string): Promise<NodeJS.ProcessEnv> {
  const config = join(folder, "docker-config");
  await mkdir(config);
  await symlink(
    join(launch.cliPackages.root, "usr/libexec/docker/cli-plugins"),
    join(config, "cli-plugins"),
  );
  return {
    PATH: [...executableFolders(launch.cliPackages), process.env.PATH ?? ""].join(delimiter),
    HOME: folder,
    DOCKER_HOST: `unix://${launch.socketPath}`,
    DOCKER_CONFIG: config,
  };
}
