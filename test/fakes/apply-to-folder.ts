import { apply } from "../../src/operations/apply.ts";
import { createLeaseOffice } from "../../src/store/process-lease.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { openFolderTarget } from "./folder-target.ts";
import { sampleAction, samplePlan } from "./sample-plan.ts";

/**
 * A process of its own that removes every image of a folder, and says `started`, then the subject of each action that has
 * ended: `node apply-to-folder.ts IMAGES STATE REMOVAL_MS`.
 */
const [images = "", state = "", removalMs = "0"] = process.argv.slice(2);
const target = openFolderTarget(images, { removalMs: Number(removalMs), concurrency: 4 });
const plan = samplePlan(
  [...target.images.keys()].map((subject) => sampleAction({ subject, freesBytes: 100 })),
  { id: "sha256:everything" },
);
const report = await apply(
  plan,
  {
    target: target.target,
    targetKey: "engine:folder",
    remover: target,
    journal: openRunJournal(state),
    leases: createLeaseOffice(state, Date.now),
    clock: Date.now,
    takeInventory: () => target.observe(),
  },
  {
    signal: new AbortController().signal,
    unattended: true,
    beyondLimits: false,
    onEvent: (event) => {
      process.stdout.write(`${event.kind === "settled" ? event.action.subject : event.kind}\n`);
    },
  },
);
process.stdout.write(`${report.state}\n`);
