import type { RecoverySources } from "../operations/choose-ways-back.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Target } from "../inventory/inventory.ts";
import type { CliContext } from "./cli-context.ts";

const BY_MANIFEST = "its manifest is kept; it comes back until the registry collects its blobs";

/** What can be asked about ways back: nothing where there is only a saved inventory. */
export function recoverySources(
  context: CliContext,
  target: Target,
  session: TargetSession | undefined,
  binDirectory: string | undefined,
): RecoverySources {
  const named = binDirectory === undefined ? {} : { binDirectory };
  const common = { ...named, ...(target.kind === "registry" ? { recorded: BY_MANIFEST } : {}) };
  if (session === undefined) return { ...common, canPush: target.kind === "engine" };
  const { recovery, transfer } = session;
  return {
    ...common,
    canPush: transfer !== undefined,
    // Nothing is pulled into a layout: what a registry has is no way back there.
    ...(transfer === undefined ? {} : { openLookup: () => context.openRegistryLookup() }),
    ...(recovery === undefined
      ? { noArchive: `images of a ${target.kind} cannot be put into the recovery bin` }
      : { viewBin: () => recovery.viewBin(binDirectory) }),
    ...(recovery?.previewVolumes === undefined ? {} : { previewVolumes: recovery.previewVolumes }),
    ...(recovery?.previewSave === undefined ? {} : { previewSave: recovery.previewSave }),
    ...(recovery?.openSpeeds === undefined ? {} : { openSpeeds: recovery.openSpeeds }),
  };
}
