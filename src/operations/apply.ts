import { applyPlan } from "../apply/apply-plan.ts";
import { missingRoom } from "../plan/archive-brakes.ts";
import type { Inventory, Target } from "../inventory/inventory.ts";
import { looksAheadTo } from "../plan/as-of.ts";
import { PLAN_SCHEMA, type Plan } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { Describer } from "../ports/removed-record.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import {
  alreadyApplied,
  archiveRefused,
  beyondLimits,
  leaseHeld,
  notForNow,
  otherTarget,
  staleUse,
  unknownPlan,
} from "./apply-refusal.ts";
import { closeUnfinishedRuns } from "./reconcile.ts";
import { recordRemoved } from "./record-removed.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
import type { ApplyOptions, RunReport } from "./run-report.ts";
import { leftoverRemoval } from "../recovery/open-volumes.ts";
import { secureImages } from "./secure-images.ts";
import { isMadeFor } from "./target-key.ts";

export interface ApplyPorts {
  readonly target: Target;
  readonly targetKey: string;
  readonly remover: ImageRemover;
  readonly journal: RunJournal;
  readonly leases: LeaseOffice;
  readonly clock: Clock;
  /** What the target holds now: the sizes of what goes. */
  readonly takeInventory: (signal: AbortSignal) => Promise<Inventory>;
  /** Absent where removed images cannot be put by. */
  readonly recovery?: RecoveryParts;
  /** Engines only. */
  readonly transfer?: ImageTransfer;
  /** Absent where only the inventory tells what things are. */
  readonly describer?: Describer;
}

/** Carries out a plan, one process at a time on a target. Rejects with an ApplyRefusal before anything is removed. */
export async function apply(
  plan: Plan,
  ports: ApplyPorts,
  options: ApplyOptions,
): Promise<RunReport> {
  refuseUnfit(plan, ports, options);
  const lease = ports.leases.acquire(ports.targetKey);
  if (!lease.granted) throw leaseHeld(lease.holder);
  try {
    await refuseWithoutRoom(plan, ports, options);
    const open = ports.recovery?.openVolumes;
    await closeUnfinishedRuns({
      ...ports,
      ...(open === undefined ? {} : { removeLeftovers: leftoverRemoval(open) }),
    });
    return await applyUnderLease(plan, ports, options);
  } finally {
    lease.release();
  }
}

/** A plan from a file may be looked at for a while before it is applied; containers are started meanwhile. */
const ANSWERS_HOLD_MS = 60 * 60 * 1000;

function refuseUnfit(plan: Plan, ports: ApplyPorts, options: ApplyOptions): void {
  const { target, targetKey, clock } = ports;
  // A plan may come from a file of any age.
  const schema: unknown = plan.schema;
  if (schema !== PLAN_SCHEMA) throw unknownPlan(schema, PLAN_SCHEMA);
  const ahead = looksAheadTo(plan, clock());
  if (ahead !== undefined) throw notForNow(ahead);
  if (!isMadeFor(plan, target, targetKey)) throw otherTarget(plan, target);
  const { askedHosts = [] } = plan;
  if (askedHosts.length > 0 && clock() - Date.parse(plan.now) > ANSWERS_HOLD_MS)
    throw staleUse(askedHosts, plan.now);
  const archive = plan.exceeds.filter(({ limit }) => limit === "archive");
  if (archive.length > 0) throw archiveRefused(archive.map(({ detail }) => detail));
  if (options.unattended && !options.beyondLimits && plan.exceeds.length > 0) {
    throw beyondLimits(plan.exceeds);
  }
}

/** A plan may be older than what fills the bin's disk now. */
async function refuseWithoutRoom(
  plan: Plan,
  { recovery }: ApplyPorts,
  options: ApplyOptions,
): Promise<void> {
  if (recovery === undefined || plan.totals.archiveBytes === 0) return;
  const { directory, freeBytes } = await recovery.viewBin(binOf(plan, options));
  const short = missingRoom(plan.actions, {
    directory,
    ...(freeBytes === undefined ? {} : { freeBytes }),
    isOnTargetsDisk: plan.bin?.isOnSameDisk === true,
  });
  if (short !== undefined) throw archiveRefused([short]);
}

function binOf(plan: Plan, { binDirectory }: ApplyOptions): string | undefined {
  return binDirectory ?? plan.bin?.directory;
}

async function applyUnderLease(
  plan: Plan,
  ports: ApplyPorts,
  options: ApplyOptions,
): Promise<RunReport> {
  const { journal, remover, clock } = ports;
  const earlier = journal.runOfPlan(plan.id);
  if (earlier) throw alreadyApplied(earlier);
  const inventory = await ports.takeInventory(options.signal);

  const now = (): string => new Date(clock()).toISOString();
  const runId = journal.begin(plan, ports.targetKey, now());
  const total = plan.actions.length;
  options.onEvent({ kind: "started", runId, actions: total });
  let done = 0;
  const { recovery, transfer, describer } = ports;
  const record = recordRemoved({ plan, inventory, runId, journal, describer });
  const securing = secureImages(
    plan,
    inventory,
    { recovery, transfer, names: remover, record },
    {
      target: { key: ports.targetKey, name: ports.target.name },
      binDirectory: binOf(plan, options),
      clock,
      signal: options.signal,
      onArchiving: (action, doneBytes) =>
        options.onEvent({ kind: "archiving", action, doneBytes, done, total }),
    },
  );
  let result: Awaited<ReturnType<typeof applyPlan>>;
  try {
    result = await applyPlan({
      plan,
      inventory,
      remover,
      journal,
      runId,
      secure: securing.secure,
      clock,
      signal: options.signal,
      onSettled: (action, outcome) => {
        done += 1;
        options.onEvent({ kind: "settled", action, outcome, done, total });
      },
      onChecking: () => options.onEvent({ kind: "checking" }),
    });
  } finally {
    await securing.close();
  }
  const putBy = securing.putBy();
  const measured = result.freed.bytes === undefined ? {} : { freedBytes: result.freed.bytes };
  journal.finish(runId, { state: result.state, at: now(), ...measured });
  const retired = await securing.retire();

  return {
    runId,
    state: result.state,
    outcomes: result.outcomes,
    predictedBytes: plan.totals.freesBytes,
    predictedAppliedBytes: result.outcomes
      .filter(({ state }) => state === "applied")
      .reduce((sum, { index }) => sum + (plan.actions[index]?.freesBytes ?? 0), 0),
    ...measured,
    freedDetail: result.freed.detail,
    accuracy: plan.accuracy,
    findings: [...result.findings, ...(retired?.problem === undefined ? [] : [retired.problem])],
    ...(putBy === undefined ? {} : { putBy }),
    ...(retired === undefined ? {} : { retired }),
  };
}
