import type { LeaseOffice } from "../ports/lease.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import type { VolumeContent } from "../ports/volume-content.ts";
import { openVolumesForRun } from "../recovery/open-volumes.ts";
import type { TakingBack } from "../recovery/undo-image.ts";
import { undoRun, type UndoParts } from "../recovery/undo-run.ts";
import { isBack, type UndoStep } from "../recovery/undo-step.ts";
import { leaseHeld } from "./apply-refusal.ts";
import { UndoRefusal } from "./undo-refusal.ts";

export type { UndoState, UndoStep } from "../recovery/undo-step.ts";

export type UndoPorts = TakingBack & Pick<UndoParts, "recreator" | "openVolumes"> & UndoSetting;

interface UndoSetting {
  /** The user's own bin, or the one in a directory. */
  readonly openBin: (directory?: string) => Promise<RecoveryBin>;
  readonly targetKey: string;
  readonly journal: Pick<RunJournal, "run" | "recordOf" | "lastRemoval">;
  readonly leases: LeaseOffice;
}

export interface UndoOptions {
  /** The bin to look in: by default the one that the run put images into. */
  readonly binDirectory?: string;
  /** The identities that open it, where it is encrypted: by default those of the user. */
  readonly identityFile?: string;
  /** Aborting lets what is under way end and begins nothing else. */
  readonly signal: AbortSignal;
  readonly onStep: (step: UndoStep, total: number) => void;
}

export interface UndoReport {
  readonly runId: string;
  /** `done`: all that the run removed is there. */
  readonly state: "done" | "partial";
  readonly steps: readonly UndoStep[];
}

/** Brings a run back, by default the latest on the target that removed something. Rejects before anything is changed. */
export async function undo(
  runId: string | undefined,
  ports: UndoPorts,
  { signal, onStep, binDirectory, identityFile }: UndoOptions,
): Promise<UndoReport> {
  const { journal, targetKey } = ports;
  const lease = ports.leases.acquire(targetKey);
  if (!lease.granted) throw leaseHeld(lease.holder);
  try {
    const chosen = runId ?? journal.lastRemoval(targetKey)?.id;
    if (chosen === undefined) throw nothingRemoved();
    const run = journal.run(chosen);
    if (run === undefined) throw noSuchRun(chosen);
    const { summary, plan, outcomes } = run;
    if (summary.targetKey !== targetKey) throw otherTarget(chosen, summary.targetName);
    const recordOf = (index: number) => journal.recordOf(chosen, index);
    const open = async () => {
      const bin = await ports.openBin(binDirectory ?? plan.bin?.directory);
      if (identityFile !== undefined) bin.encryption.useIdentity(identityFile);
      return { bin, entries: await bin.entries() };
    };
    let opened: ReturnType<typeof open> | undefined;
    const { openVolumes } = ports;
    let volumes: Promise<VolumeContent> | undefined;
    const parts = {
      ...ports,
      openBin: () => (opened ??= open()),
      ...(openVolumes === undefined
        ? {}
        : { openVolumes: () => (volumes ??= openVolumesForRun(openVolumes)) }),
    };
    try {
      const steps = await undoRun({ plan, outcomes, recordOf }, parts, signal, onStep);
      return { runId: chosen, state: steps.every(isBack) ? "done" : "partial", steps };
    } finally {
      await (await volumes)?.close();
    }
  } finally {
    lease.release();
  }
}

function nothingRemoved(): UndoRefusal {
  return new UndoRefusal(
    "nothing-removed",
    "no run on this target has removed anything",
    "plimsoll history lists the runs; name the target of one with --target.",
  );
}

function noSuchRun(runId: string): UndoRefusal {
  return new UndoRefusal(
    "no-such-run",
    `there is no run ${runId}`,
    "plimsoll history lists the runs.",
  );
}

function otherTarget(runId: string, targetName: string): UndoRefusal {
  return new UndoRefusal(
    "other-target",
    `run ${runId} was on another target, ${targetName}`,
    "Name that one with --target.",
  );
}
