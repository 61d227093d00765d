import type { RepositoryUsage } from "../inventory/repository-usage.ts";
import type { KindUsage } from "../inventory/usage-summary.ts";
import type { PresetPlan } from "../operations/storage-report.ts";

export function kindDocument({ count, inUse, size, unknownSizes, idleBytes }: KindUsage): object {
  return {
    count,
    inUse,
    sizeBytes: size.bytes,
    sizeDiskBytes: size.diskBytes,
    unknownSizes,
    idleBytes,
  };
}

export function repositoryDocument({
  repository,
  images,
  size,
  exclusive,
  removable,
}: RepositoryUsage): object {
  return {
    repository,
    images: images.length,
    sizeBytes: size.bytes,
    sharedBytes: size.bytes - exclusive.bytes,
    exclusiveBytes: exclusive.bytes,
    exclusiveDiskBytes: exclusive.diskBytes,
    removableBytes: removable.bytes,
    removableDiskBytes: removable.diskBytes,
  };
}

export function planDocument({ preset, plan }: PresetPlan): object {
  const { images, freesBytes, freesDiskBytes } = plan.totals;
  return {
    preset,
    ...(preset === "policy" ? { policy: plan.policy.source } : {}),
    images,
    freesBytes,
    freesDiskBytes,
  };
}
