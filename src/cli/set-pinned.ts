import type { CliContext } from "./cli-context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findBinEntry } from "./find-bin-entry.ts";
import { namedBin } from "./recovery-promise.ts";
import { binName } from "./view-human/view-bin.ts";
import { writeJson } from "./view-json.ts";

const SCHEMA = "plimsoll.bin/1";

/** Pins images of the bin, or takes their pins away. One that is not there stops it before any is touched. */
export async function setPinned(
  context: CliContext,
  names: readonly string[],
  flags: { readonly bin?: string; readonly json?: boolean },
  pinned: boolean,
): Promise<ExitCode> {
  const bin = await context.openBin(namedBin(flags));
  const entries = await bin.entries();
  const chosen = names.map((text) => findBinEntry(entries, text, {}, context.programName));
  for (const { key } of chosen) await bin.setPinned(key, pinned);
  if (flags.json) {
    const entries = chosen.map((entry) => ({ ...entry, pinned }));
    writeJson(context.stdout, { schema: SCHEMA, location: bin.location, entries });
    return EXIT.done;
  }
  const words = pinned
    ? "is pinned: it stays until it is unpinned"
    : "is not pinned any more: it goes when its time is over";
  for (const { image } of chosen) context.stdout.write(`${binName(image)} ${words}.\n`);
  return EXIT.done;
}
