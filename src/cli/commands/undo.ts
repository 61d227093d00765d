import { addressOfKey } from "../../operations/target-key.ts";
import { IDENTITY_FLAG, namedIdentity } from "../bin-identity.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../cli-error.ts";
import { EXIT } from "../exit-codes.ts";
import { findRun } from "../find-run.ts";
import { BIN_FLAG, namedBin } from "../recovery-promise.ts";
import { createProgress } from "../view-human/progress.ts";
import { renderUndo } from "../view-human/view-undo.ts";
import { writeJson } from "../view-json.ts";
import { withTarget } from "../with-target.ts";

const SCHEMA = "plimsoll.undo/1";

export const command = defineCommand({
  operands: "[run]",
  description:
    "Brings back what a run removed, by default the latest run on the target that removed something: images with their names, " +
    "names that were taken from images that stayed, networks, volumes that were put into the bin, and stopped containers, made " +
    "again from their configuration and not started. A name that means something else by now is left alone. Other volumes and " +
    "build cache cannot come back. Images of a registry are pushed again, as long as it has not collected their blobs or the " +
    "bin has them.",
  flags: { ...IDENTITY_FLAG, ...BIN_FLAG },
  examples: [
    { command: "undo", does: "the latest run on the current target" },
    { command: "undo cb8080", does: "the run whose ID ends so; history lists them" },
  ],
  async run(context, { operands: [asked], flags }) {
    const run =
      asked === undefined
        ? undefined
        : findRun(await context.openHistory(), asked, context.programName);
    const place = flags.target ?? (run && addressOfKey(run.targetKey));
    return withTarget(context, place, async ({ recovery, target }) => {
      if (recovery === undefined)
        throw usageError(`what was removed from ${target.address} cannot be brought back`);
      const progress = createProgress(context.stderr, context.clock);
      const binDirectory = namedBin(flags);
      const identityFile = namedIdentity(flags);
      let done = 0;
      const report = await recovery
        .undo(run?.id, {
          ...(binDirectory === undefined ? {} : { binDirectory }),
          ...(identityFile === undefined ? {} : { identityFile }),
          signal: context.signal,
          onStep: (_step, total) => {
            done += 1;
            progress.update(`bringing back ${done}/${total}`);
          },
        })
        .finally(() => progress.end());
      if (flags.json) writeJson(context.stdout, { schema: SCHEMA, ...report });
      else context.stdout.write(renderUndo(context.stdout, report));
      return report.state === "done" ? EXIT.done : EXIT.partly;
    });
  },
});
