import type { Accuracy } from "../inventory/inventory.ts";
import { familiarName } from "../oci/reference.ts";
import type { InspectedImage } from "../operations/inspect-images.ts";

/** The JSON form of `inspect`. */
export function inspectDocument(inspected: readonly InspectedImage[], accuracy: Accuracy): object {
  return {
    schema: "plimsoll.inspect/1",
    accuracy,
    images: inspected.map(({ image, state, uses, exclusive, shared, raw }) => ({
      ...image,
      state,
      uses,
      exclusiveBytes: exclusive.bytes,
      exclusiveDiskBytes: exclusive.diskBytes,
      sharedBytes: shared.bytes,
      sharedDiskBytes: shared.diskBytes,
      raw,
    })),
  };
}

/**
 * What a format template sees: docker's field names whatever the target is, our own facts beside them, and over both the
 * target's own description where it has one with such fields.
 */
export function templateValue({
  image,
  state,
  uses,
  exclusive,
  shared,
  raw,
}: InspectedImage): object {
  const own = {
    Id: image.id,
    RepoTags: image.references.map(familiarName),
    RepoDigests: image.repoDigests.map(familiarName),
    Parent: image.parent ?? "",
    Created: image.createdAt ?? null,
    Arrived: image.arrivedAt ?? null,
    LastUsed: image.lastUsedAt ?? null,
    FirstSeen: image.firstSeenAt ?? null,
    Size: image.sizeBytes,
    ExclusiveBytes: exclusive.bytes,
    SharedBytes: shared.bytes,
    Labels: image.labels,
    Platforms: image.platforms,
    State: state,
    UsedBy: uses.map(({ kind, name }) => `${kind} ${name}`),
  };
  return typeof raw === "object" && raw !== null ? { ...own, ...raw } : own;
}
