import { statfsSync } from "node:fs";
import type { Engine } from "../inventory/inventory.ts";
import type { EngineClient } from "./connection/engine-client.ts";

/** `GET /info`, as far as it is read. */
export interface InfoAnswer {
  readonly ID?: string;
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly string[])[] | null;
  readonly DockerRootDir?: string;
  /** As the kernel names it (`x86_64`). */
  readonly Architecture?: string;
  /** Image records, those without a name included. */
  readonly Images?: number;
  readonly Swarm?: SwarmAnswer | null;
  /** API 1.46 and later. */
  readonly Containerd?: {
    readonly Address?: string;
    readonly Namespaces?: { readonly Containers?: string };
  } | null;
}

interface SwarmAnswer {
  /** `inactive` outside of a Swarm. */
  readonly LocalNodeState?: string;
  readonly NodeID?: string;
  readonly ControlAvailable?: boolean;
  readonly RemoteManagers?: readonly { readonly NodeID?: string }[] | null;
}

/** What decides how an engine is read. */
export interface EngineTraits {
  readonly engine: Engine;
  readonly driver: string;
  /** Facts are remembered under this: they are true for this engine and this data root. */
  readonly scope: string;
  readonly managesSwarm: boolean;
  readonly imageRecords: number | undefined;
  /** As platforms name it (`amd64`); empty when unknown. */
  readonly architecture: string;
  readonly containerd: { readonly address: string | undefined; readonly namespace: string };
  /** On the same machine, as far as the address tells. */
  readonly isLocal: boolean;
}

export async function readEngine(client: EngineClient, signal: AbortSignal): Promise<EngineTraits> {
  return traitsOf(client, await client.getJson<InfoAnswer>("/info", { signal }));
}

export function traitsOf(
  client: Pick<EngineClient, "address" | "apiVersion" | "engine">,
  info: InfoAnswer,
): EngineTraits {
  const { product, version } = client.engine;
  const isContainerd = (info.DriverStatus ?? []).some(
    ([name, value]) => name === "driver-type" && value?.startsWith("io.containerd."),
  );
  const rootDir = info.DockerRootDir ?? "";
  // Podman makes up an ID for each answer.
  const engineId = product === "docker" && info.ID ? info.ID : undefined;
  const swarm = swarmNodeOf(info.Swarm ?? {});
  return {
    engine: {
      product,
      version,
      apiVersion: client.apiVersion,
      imageStore: isContainerd ? "containerd" : "graphdriver",
      rootDir,
      ...(engineId === undefined ? {} : { engineId }),
      ...(swarm === undefined ? {} : { swarm }),
    },
    driver: info.Driver ?? "",
    scope: `engine:${engineId ?? client.address}:${rootDir}`,
    managesSwarm: info.Swarm?.ControlAvailable ?? false,
    imageRecords: info.Images,
    architecture: ARCHITECTURES[info.Architecture ?? ""] ?? info.Architecture ?? "",
    containerd: {
      address: info.Containerd?.Address?.replace(/^unix:\/\//, ""),
      namespace: info.Containerd?.Namespaces?.Containers ?? "moby",
    },
    isLocal: client.address.startsWith("unix:"),
  };
}

function swarmNodeOf(answer: SwarmAnswer): Engine["swarm"] {
  const { LocalNodeState: state, NodeID: nodeId = "", ControlAvailable, RemoteManagers } = answer;
  if (state === undefined || state === "" || state === "inactive") return undefined;
  const managerIds = (RemoteManagers ?? []).flatMap(({ NodeID }) => NodeID ?? []);
  return { nodeId, isManager: ControlAvailable ?? false, managerIds: managerIds.toSorted() };
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  aarch64: "arm64",
  armv7l: "arm",
  i686: "386",
  x86_64: "amd64",
};

/** The file system of the data root. Undefined where it cannot be looked at. */
export function readDisk(rootDir: string): Engine["disk"] {
  try {
    const { bsize, blocks, bavail } = statfsSync(rootDir);
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}
