import { putsVolumeBy, type Action } from "../plan/plan.ts";
import type { VolumePreview } from "../ports/volume-content.ts";

/** Looks at volumes that are to be put into the bin. */
export type PreviewVolumes = (
  names: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, VolumePreview>>;

/** Looks at those not looked at before; answers why some of them cannot be kept, by name. */
export async function previewVolumes(
  actions: readonly Action[],
  previewThem: PreviewVolumes | undefined,
  known: Map<string, VolumePreview>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const obstacles = new Map<string, string>();
  if (previewThem === undefined) return obstacles;
  const fresh = actions
    .filter((action) => putsVolumeBy(action) && !known.has(action.subject))
    .map(({ subject }) => subject);
  if (fresh.length === 0) return obstacles;
  const previews = await previewThem(fresh, signal);
  for (const name of fresh) {
    const preview = previews.get(name) ?? {};
    known.set(name, preview);
    if (preview.obstacle !== undefined) obstacles.set(name, preview.obstacle);
  }
  return obstacles;
}
