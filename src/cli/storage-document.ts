import type { RepositoryUsage } from "../inventory/repository-usage.ts";
import type { KindUsage } from "../inventory/usage-summary.ts";
import type { Plan } from "../plan/plan.ts";

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

export function planDocument({ policy, totals, accuracy }: Plan): object {
  const { images, freesBytes, freesDiskBytes } = totals;
  return { policy: policy.source, images, freesBytes, freesDiskBytes, accuracy };
}
