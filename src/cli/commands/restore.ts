import type { Restored, SessionRecovery } from "../../operations/target-session.ts";
import type { BinEntry } from "../../ports/recovery-bin.ts";
import { IDENTITY_FLAG, useNamedIdentity } from "../bin-identity.ts";
import type { CliContext } from "../cli-context.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { findBinEntry, type EntryChoice } from "../find-bin-entry.ts";
import { findRun } from "../find-run.ts";
import { BIN_FLAG, namedBin } from "../recovery-promise.ts";
import { isTypedError } from "../view-error.ts";
import { printable } from "../view-human/printable.ts";
import { binName } from "../view-human/view-bin.ts";
import { renderRestored } from "../view-human/view-restored.ts";
import { writeJson } from "../view-json.ts";
import { withTarget } from "../with-target.ts";

const SCHEMA = "plimsoll.restore/1";

export const command = defineCommand({
  operands: "<image...>",
  description:
    "Gives images of the recovery bin back to an engine, a layout or a registry, with the names that they had. A registry gets " +
    "what runs have removed there also without the bin, as long as it has not collected the blobs. A name that means another " +
    "image by now is left to that one, and told. Of several images that were removed under one name the latest comes back. A volume comes back by its name, where no image has it.",
  flags: {
    at: {
      kind: "value",
      placeholder: "TIME",
      help: "what had the name at this moment (RFC 3339)",
    },
    ...BIN_FLAG,
    ...IDENTITY_FLAG,
    from: { kind: "value", placeholder: "RUN", help: "what this run removed under the name" },
  },
  examples: [
    { command: "restore app:1.4", does: "the latest image of that name that was removed" },
    { command: "restore 3f2a9c1b77de", does: "by the ID that it had" },
    { command: "restore app:latest --at 2026-11-20T12:00:00Z", does: "what had the name then" },
  ],
  run(context, { operands, flags }) {
    return withTarget(context, flags.target, async (session) => {
      const { recovery } = session;
      if (recovery === undefined)
        throw usageError(`${session.target.kind} targets cannot take images back`);
      const choice = await readChoice(context, flags);
      const binDirectory = namedBin(flags);
      const bin = await recovery.openBin(binDirectory);
      useNamedIdentity(bin, flags);
      const entries = await bin.entries();
      const chosen: Removal[] = [];
      for (const text of operands)
        chosen.push(
          (await recovery.findRecorded?.(text, choice, binDirectory)) ??
            inBin(findBinEntry(entries, text, choice, context.programName), recovery, binDirectory),
        );
      const restored: Restored[] = [];
      const failed: (Failure & { id: string; references: readonly string[] })[] = [];
      for (const removal of chosen) {
        const outcome = await restoreOne(removal, context.signal);
        if ("restored" in outcome) {
          restored.push(outcome.restored);
          if (!flags.json) context.stdout.write(renderRestored(outcome.restored));
        } else {
          const { id, references } = removal.image;
          failed.push({ id, references, ...outcome });
          const name = binName(removal.image);
          const { detail, hint } = outcome;
          for (const line of [
            `${context.programName}: ${name}: ${detail}`,
            ...(hint ? [hint] : []),
          ])
            context.stderr.write(`${printable(line)}\n`);
        }
      }
      if (flags.json) writeJson(context.stdout, { schema: SCHEMA, restored, failed });
      if (failed.length === 0) return EXIT.done;
      return restored.length === 0 ? EXIT.failed : EXIT.partly;
    });
  },
});

async function readChoice(
  context: CliContext,
  { at, from }: { readonly at?: string; readonly from?: string },
): Promise<EntryChoice> {
  if (at !== undefined && from !== undefined)
    throw usageError("--at and --from both choose among images of one name: give one of them");
  if (from !== undefined) {
    const { planId } = findRun(await context.openHistory(), from, context.programName);
    return { planId };
  }
  if (at === undefined) return {};
  const atMs = /^\d{4}-\d\d-\d\dT/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs))
    throw usageError(`--at "${at}" is not a time; write for example 2026-11-21T12:00:00Z`);
  return { atMs };
}

/** An image as it was found: in the bin, or among the records of a registry's runs. */
interface Removal {
  readonly image: BinEntry["image"];
  readonly damage?: string;
  restore(signal: AbortSignal): Promise<Restored>;
}

function inBin(
  entry: BinEntry,
  recovery: SessionRecovery,
  binDirectory: string | undefined,
): Removal {
  return { ...entry, restore: (signal) => recovery.restore(entry, signal, binDirectory) };
}

/** Why an image did not come back, and what to do next. */
interface Failure {
  readonly detail: string;
  readonly hint?: string;
}

/** One that cannot come back is no reason to leave out the others. */
async function restoreOne(
  removal: Removal,
  signal: AbortSignal,
): Promise<{ readonly restored: Restored } | Failure> {
  if (removal.damage !== undefined) return { detail: `${removal.damage}; nothing was loaded` };
  try {
    return { restored: await removal.restore(signal) };
  } catch (error) {
    if (signal.aborted || !isTypedError(error)) throw error;
    return { detail: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
