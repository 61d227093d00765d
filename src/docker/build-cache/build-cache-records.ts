import type { CacheRecord } from "../../inventory/resources.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { engineTime } from "../read-time.ts";

/** One record of `BuildCache` in `GET /system/df`, as far as it is read. */
export interface CacheRecordAnswer {
  readonly ID: string;
  readonly Type?: string;
  readonly Description?: string;
  readonly InUse?: boolean;
  readonly Shared?: boolean;
  readonly Size?: number;
  readonly CreatedAt?: string;
  readonly LastUsedAt?: string | null;
  /** Docker 20.10. */
  readonly Parent?: string;
  readonly Parents?: readonly string[] | null;
  /** Docker 23 and later write the key with a space in front. */
  readonly " Parents"?: readonly string[] | null;
}

interface DiskUsageAnswer {
  readonly BuildCache?: readonly CacheRecordAnswer[] | null;
  /** API 1.52 and later. */
  readonly BuildCacheUsage?: { readonly Items?: readonly CacheRecordAnswer[] | null };
}

/** True where the engine tells of the build cache without looking at all else that takes disk space. */
export function tellsBuildCacheAlone(client: EngineClient): boolean {
  return client.supports("1.42");
}

/**
 * The build cache. Before API 1.42 the engine tells of it only together with everything else that takes disk space,
 * which takes it several times as long as the list of images.
 */
export async function readBuildCache(
  client: EngineClient,
  signal: AbortSignal,
): Promise<readonly CacheRecord[]> {
  const query = tellsBuildCacheAlone(client)
    ? { type: "build-cache", ...(client.supports("1.52") ? { verbose: 1 } : {}) }
    : {};
  const usage = await client.getJson<DiskUsageAnswer>("/system/df", { query, signal });
  return (usage.BuildCache ?? usage.BuildCacheUsage?.Items ?? []).map(toCacheRecord);
}

export function toCacheRecord(answer: CacheRecordAnswer): CacheRecord {
  const createdAt = engineTime(answer.CreatedAt);
  const lastUsedAt = engineTime(answer.LastUsedAt);
  const parents = answer[" Parents"] ?? answer.Parents ?? (answer.Parent ? [answer.Parent] : []);
  return {
    id: answer.ID,
    type: answer.Type ?? "",
    description: answer.Description ?? "",
    inUse: answer.InUse ?? true,
    shared: answer.Shared ?? false,
    sizeBytes: Math.max(answer.Size ?? 0, 0),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    parents,
  };
}
