import type { CliContext } from "../../src/cli/cli-context.ts";
import { createTargetSession } from "../../src/operations/create-target-session.ts";
import type { ImageTransfer } from "../../src/ports/image-transfer.ts";
import type { RunJournal } from "../../src/ports/run-journal.ts";
import { createLeaseOffice } from "../../src/store/process-lease.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { createSightingLog } from "../../src/store/sqlite-sighting-log.ts";
import { FakeTarget, type FakeTraits } from "../fakes/fake-target.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { NOW_MS } from "./cli-harness.ts";

export const WEB = `sha256:${"a".repeat(64)}`;
export const OLD = `sha256:${"b".repeat(64)}`;
export const UNTAGGED = `sha256:${"c".repeat(64)}`;

export interface FakeHost {
  readonly target: FakeTarget;
  /** To be given to `cli`. */
  readonly context: Pick<CliContext, "openTarget" | "openHistory">;
  openJournal(): RunJournal;
  /** What the last session opened was asked for. */
  readonly asked: { spec: string | undefined };
}

/**
 * A host in memory with a journal on disk: `web:1` (also `web:stable`) in use by a running container, `old:1` by a stopped
 * one, and an image without a name.
 */
export function fakeHost(traits: FakeTraits = {}, transfer?: ImageTransfer): FakeHost {
  const target = new FakeTarget(traits);
  const base = { base: 1_000_000 };
  const web = ["docker.io/library/web:1", "docker.io/library/web:stable"];
  target.addImage(WEB, { ...base, web: 2_000_000 }, { references: web });
  target.addImage(OLD, { ...base, old: 3_000_000 }, { references: ["docker.io/library/old:1"] });
  target.addImage(UNTAGGED, { ...base, untagged: 4_000_000 });
  target.addContainer("c1", { imageId: WEB, name: "front", state: "running" });
  target.addContainer("c2", { imageId: OLD, name: "batch", state: "exited" });

  const stateFolder = scratchFolder();
  const clock = (): number => NOW_MS;
  const asked: FakeHost["asked"] = { spec: undefined };
  return {
    target,
    asked,
    openJournal: () => openRunJournal(stateFolder),
    context: {
      openTarget(spec) {
        asked.spec = spec;
        return Promise.resolve(
          createTargetSession({
            reader: target,
            details: {
              raw: () => Promise.resolve({}),
              layers: () => Promise.resolve([]),
            },
            ...(transfer === undefined ? {} : { transfer }),
            readEngineId: () => Promise.resolve(undefined),
            openRemover: () => Promise.resolve(target),
            openJournal: () => openRunJournal(stateFolder),
            sightings: createSightingLog(stateFolder, () => {}),
            leases: createLeaseOffice(stateFolder, clock),
            clock,
            notify: () => {},
            close: () => Promise.resolve(),
          }),
        );
      },
      openHistory: () => Promise.resolve(openRunJournal(stateFolder)),
    },
  };
}
