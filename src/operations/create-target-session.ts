import type { Inventory } from "../inventory/inventory.ts";
import { contentDigest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContentCheck } from "../ports/content-check.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import type { ImageReader } from "../ports/image-reader.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import type { Describer, Recreator } from "../ports/removed-record.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import type { ServerUpkeep } from "../ports/server-upkeep.ts";
import type { SightingLog } from "../ports/sighting-log.ts";
import type { ApplyPorts } from "./apply.ts";
import { observe, type ReadPulls } from "./observe.ts";
import type { TargetRecovery } from "./recovery-setting.ts";
import { sessionRecovery } from "./session-recovery.ts";
import { targetKey } from "./target-key.ts";
import type { SessionRecovery, TargetSession } from "./target-session.ts";

export interface TargetParts {
  readonly reader: ImageReader;
  readonly details: ImageDetails;
  /** Engines only. */
  readonly transfer?: ImageTransfer;
  /** Absent where removed images cannot be put by and given back. */
  readonly recovery?: TargetRecovery;
  /** Absent where only the inventory tells what things are. */
  readonly describer?: Describer;
  /** Engines only. */
  readonly recreator?: Recreator;
  /** The engine's own identity; asked for at most once. Undefined for targets without one. */
  readonly readEngineId: () => Promise<string | undefined>;
  /** Called by what removes, and by what finishes the account of an interrupted run; never by what only reads. */
  readonly openRemover: () => Promise<ApplyPorts["remover"]>;
  readonly openJournal: () => RunJournal;
  readonly sightings: SightingLog;
  /** Registries only. */
  readonly readPulls?: ReadPulls;
  readonly check?: ContentCheck;
  /** Registries only. */
  readonly upkeep?: () => Promise<ServerUpkeep>;
  readonly leases: LeaseOffice;
  readonly clock: Clock;
  /** Told what a reading command can do without. */
  readonly notify: (message: string) => void;
  readonly close: () => Promise<void>;
}

/** Puts one target together from its parts. */
export function createTargetSession(parts: TargetParts): TargetSession {
  const { reader, details, transfer, leases, clock } = parts;
  let key: Promise<string> | undefined;
  const readKey = (): Promise<string> =>
    (key ??= parts.readEngineId().then((engineId) => targetKey(reader.target, engineId)));
  let journal: RunJournal | undefined;
  const openJournal = (): RunJournal => (journal ??= parts.openJournal());
  /** Listing images can take an engine seconds: an apply takes the sizes from the inventory its plan was made of. */
  let latest: Inventory | undefined;

  const recovery =
    parts.recovery === undefined
      ? undefined
      : sessionRecovery({ recovery: parts.recovery, parts, readKey, openJournal });

  return {
    target: reader.target,
    observe: async (options) => {
      latest = await observe(reader, parts.sightings, clock, options, parts.readPulls);
      return latest;
    },
    apply: async (plan, options) => {
      const ports: ApplyPorts = {
        target: reader.target,
        targetKey: await readKey(),
        remover: await parts.openRemover(),
        journal: openJournal(),
        leases,
        clock,
        takeInventory: async (signal) =>
          latest ?? (await observe(reader, parts.sightings, clock, { signal }, parts.readPulls)),
        ...(parts.recovery === undefined ? {} : { recovery: parts.recovery }),
        ...(transfer === undefined ? {} : { transfer }),
        ...(parts.describer === undefined ? {} : { describer: parts.describer }),
      };
      try {
        const { apply } = await import("./apply.ts");
        return await apply(plan, ports, options);
      } finally {
        latest = undefined;
      }
    },
    reconcile: async () => {
      const openVolumes = parts.recovery?.openVolumes;
      try {
        // Before the target's own key, for which an engine has to be asked.
        if (!openJournal().hasUnfinished()) return [];
      } catch (error) {
        if (!(error instanceof Error && "kind" in error)) throw error;
        // Only an apply needs the journal, and it will fail by itself.
        parts.notify(`runs that were cut off cannot be accounted for: ${error.message}`);
        return [];
      }
      const { leftoverRemoval, reconcile } = await import("./reconcile.ts");
      return await reconcile({
        targetKey: await readKey(),
        journal: openJournal(),
        leases,
        clock,
        openLooker: parts.openRemover,
        ...(recovery === undefined ? {} : { isInBin: (...asked) => isInBin(recovery, ...asked) }),
        ...(openVolumes === undefined ? {} : { removeLeftovers: leftoverRemoval(openVolumes) }),
      });
    },
    key: readKey,
    details,
    ...(parts.check === undefined ? {} : { check: parts.check }),
    ...(parts.upkeep === undefined ? {} : { upkeep: parts.upkeep }),
    ...(transfer === undefined ? {} : { transfer }),
    ...(recovery === undefined ? {} : { recovery }),
    close: async () => {
      try {
        await recovery?.settle();
      } catch (error) {
        // The next removal from the bin takes it as well.
        if (!(error instanceof Error && "kind" in error)) throw error;
        parts.notify(`what was fetched from registries is still in the bin: ${error.message}`);
      } finally {
        await parts.close();
      }
    },
  };
}

async function isInBin(
  { openBin }: Pick<SessionRecovery, "openBin">,
  planId: string,
  subject: string,
): Promise<boolean> {
  const entries = await (await openBin()).entries();
  return entries.some(
    ({ image }) =>
      image.planId === planId &&
      (image.id === contentDigest(subject) || image.volume?.name === subject),
  );
}
