import type { VolumeContent } from "../ports/volume-content.ts";

/** Opens volumes for a run, once what an earlier one left behind is gone. Only under the target's lease. */
export async function openVolumesForRun(
  open: () => Promise<VolumeContent>,
): Promise<VolumeContent> {
  const volumes = await open();
  await volumes.removeLeftovers();
  return volumes;
}

/** Removes what earlier runs left behind, and nothing else. */
export function leftoverRemoval(open: () => Promise<VolumeContent>): () => Promise<void> {
  return async () => {
    await (await openVolumesForRun(open)).close();
  };
}
