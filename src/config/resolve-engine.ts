import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineEndpoint } from "../ports/engine-endpoint.ts";
import { readDockerConfigFile } from "./docker-config-file.ts";
import { DEFAULT_CONTEXT, readContext, readTls } from "./docker-context.ts";
import { parseEngineAddress } from "./engine-address.ts";
import type { DockerSettings, Settings } from "./read-settings.ts";
import { isTargetProblem, targetProblem, type TargetProblem } from "./target-problem.ts";
import type { TargetSpec } from "./target-spec.ts";

/** An engine to connect to. */
export interface ResolvedEngine {
  readonly kind: "resolved-engine";
  /** What people call it: the context's name, `podman`, or the address itself. */
  readonly name: string;
  readonly endpoint: EngineEndpoint;
  /** Who chose it. */
  readonly origin: "--target" | "DOCKER_HOST" | "DOCKER_CONTEXT" | "config.json" | "default";
}

export const DEFAULT_SOCKET = "/var/run/docker.sock";
const ROOTFUL_PODMAN_SOCKET = "/run/podman/podman.sock";

/** Finds the engine that a target means, with docker's own precedence where it names none. */
export function resolveEngine(
  spec: Exclude<TargetSpec, { kind: "layout" | "registry" }>,
  settings: Settings,
): ResolvedEngine | TargetProblem {
  const { docker } = settings;
  switch (spec.kind) {
    case "current-context":
      return currentEngine(docker);
    case "context":
      return contextEngine(docker, spec.name, "--target");
    case "engine":
      return addressedEngine(docker, spec.address, spec.endpoint, "--target");
    case "podman": {
      const endpoint = { kind: "unix", socketPath: podmanSocket(settings) } as const;
      return { kind: "resolved-engine", name: "podman", endpoint, origin: "--target" };
    }
  }
}

function currentEngine(docker: DockerSettings): ResolvedEngine | TargetProblem {
  if (docker.host !== undefined) return hostEngine(docker, docker.host);
  if (docker.context !== undefined) return contextEngine(docker, docker.context, "DOCKER_CONTEXT");
  const config = readDockerConfigFile(docker.configDir);
  if ("kind" in config) return config;
  if (config.currentContext !== undefined)
    return contextEngine(docker, config.currentContext, "config.json");
  return defaultEngine("default");
}

function hostEngine(docker: DockerSettings, host: string): ResolvedEngine | TargetProblem {
  const endpoint = parseEngineAddress(host, docker.tls !== "off");
  if (isTargetProblem(endpoint))
    return { ...endpoint, subject: `DOCKER_HOST (${endpoint.subject})` };
  return addressedEngine(docker, host, endpoint, "DOCKER_HOST");
}

/** An address from the command line or DOCKER_HOST: its TLS comes from the environment, as with `docker -H`. */
function addressedEngine(
  docker: DockerSettings,
  address: string,
  endpoint: EngineEndpoint,
  origin: ResolvedEngine["origin"],
): ResolvedEngine | TargetProblem {
  if (endpoint.kind !== "tcp" || docker.tls === "off") {
    return { kind: "resolved-engine", name: address, endpoint, origin };
  }
  const tls = readTls(docker.certDir, docker.tls === "unverified") ?? { skipVerify: false };
  if (docker.tls === "verified" && tls.ca === undefined) {
    return targetProblem(
      address,
      `DOCKER_TLS_VERIFY is set, but there is no ca.pem in ${docker.certDir}.`,
      "Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.",
    );
  }
  return { kind: "resolved-engine", name: address, endpoint: { ...endpoint, tls }, origin };
}

function contextEngine(
  docker: DockerSettings,
  name: string,
  origin: ResolvedEngine["origin"],
): ResolvedEngine | TargetProblem {
  if (name === DEFAULT_CONTEXT) {
    return docker.host === undefined ? defaultEngine(origin) : hostEngine(docker, docker.host);
  }
  const endpoint = readContext(docker.configDir, name);
  return isTargetProblem(endpoint) ? endpoint : { kind: "resolved-engine", name, endpoint, origin };
}

function defaultEngine(origin: ResolvedEngine["origin"]): ResolvedEngine {
  const endpoint = { kind: "unix", socketPath: DEFAULT_SOCKET } as const;
  return { kind: "resolved-engine", name: DEFAULT_CONTEXT, endpoint, origin };
}

function podmanSocket(settings: Settings): string {
  const { runtimeDir, userId } = settings;
  const rootless = userId !== undefined && userId !== 0 && runtimeDir !== undefined;
  return rootless ? join(runtimeDir, "podman/podman.sock") : ROOTFUL_PODMAN_SOCKET;
}

/** Addresses of engines' sockets on this machine: what to suggest when the chosen one does not answer. */
export function socketsHere(settings: Settings): string[] {
  const { runtimeDir } = settings;
  const own =
    runtimeDir === undefined
      ? []
      : [join(runtimeDir, "docker.sock"), join(runtimeDir, "podman/podman.sock")];
  return [DEFAULT_SOCKET, ...own, ROOTFUL_PODMAN_SOCKET]
    .filter((path) => existsSync(path))
    .map((path) => `unix://${path}`);
}
