import { askForParts } from "../../../operations/ask-for-parts.ts";
import { formatSize } from "../../../policy/size.ts";
import { IDENTITY_FLAG, openNamedBin } from "../../bin-identity.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { BIN_FLAG } from "../../recovery-promise.ts";
import { printable } from "../../view-human/printable.ts";
import { createProgress } from "../../view-human/progress.ts";
import { count } from "../../view-human/view-bytes.ts";
import { countEntries, renderInRegistries, renderLost } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";

const SCHEMA = "plimsoll.bin-verified/1";

export const command = defineCommand({
  operands: "",
  description:
    "Reads everything in the recovery bin again and holds it against its digests, and asks registries for what the bin has " +
    "left to them. Tells what is damaged, which images cannot " +
    "come back for it, and what to do; the status is 1 then.",
  flags: { ...IDENTITY_FLAG, ...BIN_FLAG },
  examples: [{ command: "bin verify", does: "before you rely on it" }],
  async run(context, { flags }) {
    const bin = await openNamedBin(context, flags);
    const entries = await bin.entries();
    const progress = createProgress(context.stderr, context.clock);
    let readBytes = 0;
    const damage = await bin
      .verify(context.signal, ({ doneBytes, totalBytes }) => {
        readBytes = doneBytes;
        progress.update(`reading ${formatSize(doneBytes)} of ${formatSize(totalBytes)}`);
      })
      .finally(() => progress.end());
    const inRegistries = await askForParts(
      entries,
      () => context.openRegistryLookup(),
      context.signal,
    );
    const gone = inRegistries.filter(({ answer }) => answer.kind === "lacking");
    const { encryption } = bin;
    const unopened = encryption.hasIdentity ? 0 : await encryption.encryptedBlobs();
    const needed = new Set([...damage, ...gone].flatMap(({ keys }) => keys));
    const isWhole = needed.size === 0 && damage.length === 0;
    if (flags.json) {
      writeJson(context.stdout, {
        schema: SCHEMA,
        location: bin.location,
        images: entries.length,
        readBytes,
        unopened,
        damage,
        inRegistries,
      });
    } else if (isWhole) {
      context.stdout.write(
        `${countEntries(entries)}, ${formatSize(readBytes)} read: all as it was.\n`,
      );
      context.stdout.write(renderInRegistries(inRegistries));
    } else {
      const lost = entries.filter(({ key }) => needed.has(key));
      const lines = damage.map(({ digest, detail }) => `${digest}: ${printable(detail)}\n`);
      context.stdout.write(lines.join(""));
      context.stdout.write(renderInRegistries(inRegistries));
      context.stdout.write(renderLost(context.stdout, lost, context.programName));
    }
    if (!flags.json && unopened > 0) context.stdout.write(describeUnopened(unopened));
    return isWhole ? EXIT.done : EXIT.failed;
  },
});

function describeUnopened(blobs: number): string {
  return (
    `${count(blobs, "encrypted blob")} compared with what was written, and not opened: --identity FILE checks\n` +
    "that the content can be read again.\n"
  );
}
