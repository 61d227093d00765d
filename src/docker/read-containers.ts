import { isRunning } from "../inventory/image-use.ts";
import type { Container } from "../inventory/resources.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { EngineError } from "./engine-error.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";
import { LOOKS_IN_FLIGHT } from "./read-image-facts.ts";
import { normaliseId } from "./read-names.ts";
import { engineTime } from "./read-time.ts";

/** One element of `GET /containers/json`, as far as it is read. */
export interface ListedContainerAnswer {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly Image?: string;
  readonly ImageID?: string;
  /** API 1.48 and later, containerd store. */
  readonly ImageManifestDescriptor?: { readonly digest?: string } | null;
  readonly State?: string;
  readonly Created?: number | string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Mounts?:
    | readonly { readonly Type?: string; readonly Name?: string; readonly Source?: string }[]
    | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string } | null>> | null;
  } | null;
}

/** `GET /containers/{id}/json`, as far as it is read. */
export interface InspectedContainerAnswer {
  readonly State?: { readonly StartedAt?: string; readonly FinishedAt?: string };
}

/**
 * Containers in every state. When one started and ended is only in its own description; one that runs or is about to is
 * given no such look: it is in use now.
 */
export async function readContainers(
  client: EngineClient,
  signal: AbortSignal,
): Promise<readonly Container[]> {
  const answer = await client.getJson<readonly ListedContainerAnswer[] | null>("/containers/json", {
    query: { all: 1 },
    signal,
  });
  const listed = answer ?? [];
  const looks = new Map<string, InspectedContainerAnswer>();
  const ended = listed.filter(
    ({ State: state = "" }) => !isRunning({ state }) && state !== "created",
  );
  await eachInParallel(ended, { limit: LOOKS_IN_FLIGHT }, async ({ Id: id }) => {
    try {
      looks.set(
        id,
        await client.getJson<InspectedContainerAnswer>(`/containers/${id}/json`, { signal }),
      );
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    }
  });
  return listed.map((container) => toContainer(container, looks.get(container.Id)));
}

export function toContainer(
  answer: ListedContainerAnswer,
  look: InspectedContainerAnswer | undefined,
): Container {
  const state = containerState(answer.State);
  const startedAt = engineTime(look?.State?.StartedAt);
  const finishedAt = isRunning({ state }) ? undefined : engineTime(look?.State?.FinishedAt);
  const manifestDigest = normaliseId(answer.ImageManifestDescriptor?.digest);
  const mounts = answer.Mounts ?? [];
  const networks = Object.entries(answer.NetworkSettings?.Networks ?? {});
  return {
    id: answer.Id,
    name: (answer.Names?.[0] ?? answer.Id.slice(0, 12)).replace(/^\//, ""),
    image: answer.Image ?? "",
    imageId: normaliseId(answer.ImageID) ?? answer.ImageID ?? "",
    ...(manifestDigest === undefined ? {} : { manifestDigest }),
    state,
    createdAt: engineTime(containerCreated(answer.Created)) ?? "",
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    labels: answer.Labels ?? {},
    imageMounts: mounts.flatMap(({ Type, Name, Source }) =>
      Type === "image" ? [Name ?? Source ?? ""] : [],
    ),
    volumes: mounts.flatMap(({ Type, Name }) =>
      Type === "volume" && Name !== undefined ? [Name] : [],
    ),
    networks: networks.flatMap(([name, network]) => [
      name,
      ...(network?.NetworkID ? [network.NetworkID] : []),
    ]),
  };
}

/** Podman lists a container as `stopped` until it has cleaned up after it, and calls it `exited` when asked about it alone. */
function containerState(state = ""): string {
  return state === "stopped" ? "exited" : state;
}

/** Seconds since the epoch; Podman 4 and 5 give them as well, or a text. */
function containerCreated(created: number | string | undefined): number | string | undefined {
  return typeof created === "string" && /^\d+$/.test(created) ? Number(created) : created;
}
