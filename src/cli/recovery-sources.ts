import type { RecoverySources } from "../operations/choose-ways-back.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Target } from "../inventory/inventory.ts";
import type { CliContext } from "./cli-context.ts";

/** What can be asked about ways back: nothing where there is only a saved inventory. */
export function recoverySources(
  context: CliContext,
  target: Target,
  session: TargetSession | undefined,
  binDirectory: string | undefined,
): RecoverySources {
  const named = binDirectory === undefined ? {} : { binDirectory };
  const noArchive = `images of a ${target.kind} cannot be put into the recovery bin`;
  if (session === undefined) {
    const isEngine = target.kind === "engine";
    return { ...named, canPush: isEngine, ...(isEngine ? {} : { noArchive }) };
  }
  const { recovery, transfer } = session;
  return {
    ...named,
    canPush: transfer !== undefined,
    openLookup: () => context.openRegistryLookup(),
    ...(recovery === undefined ? { noArchive } : { viewBin: () => recovery.viewBin(binDirectory) }),
    ...(recovery?.previewSave === undefined ? {} : { previewSave: recovery.previewSave }),
  };
}
