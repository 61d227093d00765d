import { planEmptying, type BinSelection } from "../../../operations/empty-bin.ts";
import { parseSize, formatSize } from "../../../policy/size.ts";
import type { BinEntry, BinRemoval } from "../../../ports/recovery-bin.ts";
import type { CliContext } from "../../cli-context.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { findBinEntry } from "../../find-bin-entry.ts";
import { BIN_FLAG, namedBin } from "../../recovery-promise.ts";
import { binName, countEntries, renderBinList } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";

const SCHEMA = "plimsoll.bin-emptied/1";

export const command = defineCommand({
  operands: "[image...]",
  description:
    "Takes images out of the recovery bin for good and frees what no other image there needs: those that are named, those " +
    "whose time is over, the oldest as far as a size asks for it, or all of them. Pinned images stay.",
  flags: {
    all: { kind: "switch", help: "every image that is not pinned" },
    expired: { kind: "switch", help: "what is past the time that was promised for it" },
    atMost: {
      kind: "value",
      placeholder: "SIZE",
      help: "the oldest, until the bin takes no more than this",
    },
    yes: { kind: "switch", short: "y", help: "do not ask; needed where there is no terminal" },
    ...BIN_FLAG,
  },
  examples: [
    { command: "bin empty --expired --yes", does: "as every run does that puts something there" },
    { command: "bin empty app:1.4", does: "the latest image of that name that was removed" },
    { command: "bin empty --at-most 10GB", does: "the oldest go first" },
  ],
  async run(context, { operands, flags }) {
    const { all = false, expired = false, atMost, yes = false, json = false } = flags;
    if (operands.length === 0 && !all && !expired && atMost === undefined) {
      throw usageError(
        "say what is to go from the recovery bin: images by name or ID, --expired, --at-most SIZE or --all",
        `${context.programName} bin list shows what it has.`,
      );
    }
    const atMostBytes = sizeOf(atMost);
    const bin = await context.openBin(namedBin(flags));
    const known = await bin.entries();
    const named = operands.map((text) => findBinEntry(known, text, {}, context.programName));
    refusePinned(named, context.programName);
    const selection: BinSelection = {
      keys: named.map(({ key }) => key),
      all,
      expired,
      ...(atMostBytes === undefined ? {} : { atMostBytes }),
    };
    const moment = { nowMs: context.clock(), sha256: context.sha256 };
    const { entries, freesBytes } = await planEmptying(bin, selection, moment);
    if (entries.length > 0 && !yes && !(await agreed(context, entries, freesBytes, json))) {
      context.stderr.write("Nothing was removed.\n");
      return EXIT.done;
    }
    const removal = await bin.remove(entries.map(({ key }) => key));
    const pinned = known.filter((entry) => entry.pinned);
    if (json)
      writeJson(context.stdout, {
        schema: SCHEMA,
        location: bin.location,
        removed: entries,
        ...removal,
      });
    else context.stdout.write(describe(entries, removal, all ? pinned : [], context.programName));
    return EXIT.done;
  },
});

function sizeOf(text: string | undefined): number | undefined {
  const bytes = text === undefined ? undefined : parseSize(text);
  if (text === undefined || bytes !== undefined) return bytes;
  throw usageError(`--at-most "${text}" is not a size; write for example 500MB, 10GB or 2GiB`);
}

function refusePinned(named: readonly BinEntry[], programName: string): void {
  const pinned = named.find((entry) => entry.pinned);
  if (pinned === undefined) return;
  const name = binName(pinned.image);
  throw new CliError(`${name} is pinned; nothing was removed`, [
    `${programName} bin unpin ${name} lets it go.`,
  ]);
}

async function agreed(
  context: CliContext,
  entries: readonly BinEntry[],
  freesBytes: number,
  json: boolean,
): Promise<boolean> {
  if (json || !context.canAsk) {
    throw usageError(
      `this would take ${countEntries(entries)} out of the recovery bin for good, and there is nobody to ask`,
      "Say --yes to do it.",
    );
  }
  context.stdout.write(renderBinList(context.stdout, entries, context.clock()));
  return context.confirm(
    `Take ${countEntries(entries)} out of the bin for good, which frees ${formatSize(freesBytes)}?`,
  );
}

function describe(
  entries: readonly BinEntry[],
  { freedBytes, postponed }: BinRemoval,
  pinned: readonly BinEntry[],
  programName: string,
): string {
  const went =
    entries.length === 0
      ? "Nothing had to go from the recovery bin"
      : `${countEntries(entries)} went from the recovery bin`;
  const lines = [freedBytes === 0 ? `${went}.` : `${went}; ${formatSize(freedBytes)} are free.`];
  if (postponed !== undefined) {
    lines.push(
      `Their space is not free yet: ${postponed}.`,
      `The next run that puts something there frees it, or ${programName} bin empty --expired.`,
    );
  }
  if (pinned.length > 0) lines.push(`Pinned, and stayed: ${countEntries(pinned)}.`);
  return `${lines.join("\n")}\n`;
}
