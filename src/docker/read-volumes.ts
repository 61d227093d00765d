import type { Volume } from "../inventory/resources.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { EngineError } from "./engine-error.ts";
import { engineTime } from "./read-time.ts";

/** A volume as `GET /volumes` and `GET /system/df` describe it, as far as it is read. */
export interface VolumeAnswer {
  readonly Name: string;
  readonly Driver?: string;
  readonly CreatedAt?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly UsageData?: { readonly Size?: number } | null;
}

const ANONYMOUS_MARK = "com.docker.volume.anonymous";

/** The engine walks every volume for its size; what that takes longer than this stays unknown. */
const SIZES_TIMEOUT_MS = 5_000;

/** All volumes, with their sizes where the engine can tell them on their own (API 1.42 and later) and in time. */
export async function readVolumes(
  client: EngineClient,
  signal: AbortSignal,
): Promise<readonly Volume[]> {
  const answer = await client.getJson<{ Volumes?: readonly VolumeAnswer[] | null }>("/volumes", {
    signal,
  });
  const volumes = answer.Volumes ?? [];
  const sizes =
    volumes.length > 0 && tellsSizesAlone(client)
      ? await readVolumeSizes(client, signal)
      : new Map();
  const marks = marksAnonymous(client);
  return volumes.map((volume) => toVolume(volume, sizes.get(volume.Name), marks));
}

/** Podman gathers everything that takes disk space, whatever it is asked for. */
function tellsSizesAlone(client: EngineClient): boolean {
  return client.engine.product === "docker" && client.supports("1.42");
}

async function readVolumeSizes(
  client: EngineClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  try {
    const usage = await client.getJson<{ Volumes?: readonly VolumeAnswer[] | null }>("/system/df", {
      query: { type: "volume" },
      signal,
      timeoutMs: SIZES_TIMEOUT_MS,
    });
    return volumeSizesOf(usage.Volumes ?? []);
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    return new Map();
  }
}

/** -1 means that the engine does not know. */
export function volumeSizesOf(volumes: readonly VolumeAnswer[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { Name: name, UsageData: usage } of volumes) {
    if (usage?.Size !== undefined && usage.Size >= 0) sizes.set(name, usage.Size);
  }
  return sizes;
}

/** Docker does from 23 on. Before, and with Podman, only the name gives anonymous volumes away. */
function marksAnonymous(client: EngineClient): boolean {
  return client.engine.product === "docker" && client.supports("1.42");
}

/**
 * Where anonymous volumes are marked, one without the mark counts as named, whatever its name looks like: some of them
 * were made by an older version of the engine, others by somebody who names volumes by digests.
 */
export function toVolume(
  answer: VolumeAnswer,
  sizeBytes: number | undefined,
  marksThem: boolean,
): Volume {
  const labels = answer.Labels ?? {};
  const createdAt = engineTime(answer.CreatedAt);
  return {
    name: answer.Name,
    driver: answer.Driver ?? "",
    anonymous: ANONYMOUS_MARK in labels || (!marksThem && /^[a-f0-9]{64}$/.test(answer.Name)),
    ...(createdAt === undefined ? {} : { createdAt }),
    labels,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}
