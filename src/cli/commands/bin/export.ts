import { exportImage, type ArchiveFormat } from "../../../operations/export-image.ts";
import { formatSize } from "../../../policy/size.ts";
import { IDENTITY_FLAG, openNamedBin } from "../../bin-identity.ts";
import type { CliContext } from "../../cli-context.ts";
import { usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { outputFlag } from "../../file-flags.ts";
import { findBinEntry } from "../../find-bin-entry.ts";
import { cannotWrite } from "../../json-file.ts";
import { BIN_FLAG } from "../../recovery-promise.ts";
import { createProgress } from "../../view-human/progress.ts";
import { binName } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";
import { isTypedError } from "../../view-error.ts";

const FORMATS = ["docker", "oci"] as const satisfies readonly ArchiveFormat[];

const SCHEMA = "plimsoll.bin-exported/1";

export const command = defineCommand({
  operands: "<image>",
  description:
    "Writes an image of the recovery bin, with its names, to a tar file that needs no Plimsoll: for docker load or podman load, " +
    "or as an OCI image layout. Layers that the bin has left to registries are fetched. All of it is held against its digests on the way; the file is there whole, or not at all. A volume is written as the tar of its files.",
  flags: {
    output: outputFlag("the file to write; - is standard output"),
    format: {
      kind: "value",
      placeholder: "FORMAT",
      choices: FORMATS,
      help: "docker (the default) or oci",
    },
    ...IDENTITY_FLAG,
    ...BIN_FLAG,
  },
  examples: [
    { command: "bin export app:1.4 -o app.tar", does: "for docker load -i app.tar" },
    {
      command: "bin export app:1.4 -o - | docker -c other load",
      does: "straight to another engine",
    },
    { command: "bin export app:1.4 --format oci -o app.tar", does: "for skopeo and other tools" },
  ],
  async run(context, { operands, flags }) {
    const path = flags.output;
    if (path === undefined)
      throw usageError("bin export needs a file", "Say -o FILE, or -o - for standard output.");
    if (path === "-" && context.stdout.isTerminal)
      throw usageError("an archive is not for a terminal", "Say -o FILE, or send it to a program.");
    const format = FORMATS.find((each) => each === (flags.format ?? "docker"));
    if (format === undefined)
      throw usageError(`--format "${flags.format}" is not one of ${FORMATS.join(", ")}`);
    const bin = await openNamedBin(context, flags);
    const find = async () =>
      findBinEntry(await bin.entries(), operands[0] ?? "", {}, context.programName);
    const { inRegistry } = await find();
    await bin.whileHeld(async () => {
      const entry = await find();
      const { contentBytes, chunks } = await exportImage(bin, entry, format, {
        openLookup: () => context.openRegistryLookup(),
        signal: context.signal,
      });
      await writeTo(context, path, chunks, contentBytes);
      if (path === "-") return;
      const { image } = entry;
      if (flags.json)
        writeJson(context.stdout, { schema: SCHEMA, path, format, contentBytes, image });
      else context.stdout.write(`${binName(image)} is in ${path}, ${formatSize(contentBytes)}\n`);
    });
    if (inRegistry !== undefined) await bin.remove([]);
    return EXIT.done;
  },
});

async function writeTo(
  context: CliContext,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  totalBytes: number,
): Promise<void> {
  const progress = createProgress(context.stderr, context.clock);
  async function* watched(): AsyncGenerator<Uint8Array> {
    let doneBytes = 0;
    for await (const chunk of chunks) {
      context.signal.throwIfAborted();
      doneBytes = Math.min(totalBytes, doneBytes + chunk.byteLength);
      progress.update(`written ${formatSize(doneBytes)} of ${formatSize(totalBytes)}`);
      yield chunk;
    }
  }
  try {
    await context.writeBytes(path, watched());
  } catch (error) {
    // What is wrong with the bin is told as it is; the rest is the file's.
    if (isTypedError(error) || context.signal.aborted || !(error instanceof Error)) throw error;
    throw cannotWrite(path === "-" ? "standard output" : path, error);
  } finally {
    progress.end();
  }
}
