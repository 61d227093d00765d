import { describeLayers, type DescribedLayer } from "../../operations/describe-layers.ts";
import { shortDigest } from "../../oci/digest.ts";
import { formatSize } from "../../policy/size.ts";
import { defineCommand } from "../command.ts";
import type { Output } from "../cli-context.ts";
import { EXIT } from "../exit-codes.ts";
import { findImage } from "../find-image.ts";
import { writeDocument } from "../json-chunks.ts";
import { printable } from "../view-human/printable.ts";
import { renderTable } from "../view-human/table.ts";
import { listSome, nameImage } from "../view-human/view-image.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<image>",
  operandCompletion: "image",
  description:
    "Layers of an image from the bottom up: what each takes, the instruction that made it, and who shares it. " +
    "A layer that other images share is freed only when the last of them goes.",
  flags: {
    noTrunc: {
      kind: "switch",
      help: "full chain IDs, instructions and all the names of who shares a layer",
    },
  },
  examples: [
    { command: "layers nginx:1.27", does: "which layers are its own, and which it shares" },
    { command: "layers --json app:3", does: "with chain ID, diff ID and blobs of each layer" },
  ],
  run(context, { operands: [text = ""], flags }) {
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      const image = findImage(context, inventory.images, text, flags.target);
      const layers = describeLayers(inventory, image, await session.details.layers(image.id));
      if (flags.json) {
        writeDocument(context.stdout, {
          schema: "plimsoll.layers/1",
          id: image.id,
          references: image.references,
          accuracy: inventory.accuracy,
          layers: layers.map(layerDocument),
        });
      } else {
        context.stdout.write(renderLayers(context.stdout, layers, flags.noTrunc ?? false));
      }
      return EXIT.done;
    });
  },
});

function layerDocument({ layer, size, sharedWith, heldBy }: DescribedLayer): object {
  const { chainId, diffId, blobs, createdBy, createdAt } = layer;
  return {
    chainId,
    diffId,
    blobs,
    createdBy,
    createdAt,
    sizeBytes: size.bytes,
    sizeDiskBytes: size.diskBytes,
    sharedWith: sharedWith.map(({ id, references }) => ({ id, references })),
    heldBy,
  };
}

function renderLayers(output: Output, layers: readonly DescribedLayer[], whole: boolean): string {
  if (layers.length === 0) return "It has no layers.\n";
  const onDisk = layers.some(({ size }) => size.diskBytes !== undefined);
  return renderTable(
    output,
    [
      { title: "#", align: "right" },
      { title: "SIZE", align: "right" },
      ...(onDisk ? [{ title: "ON DISK", align: "right" } as const] : []),
      { title: "CHAIN ID" },
      { title: "MADE BY", ...(whole ? {} : { shrinks: true }) },
      { title: "SHARED WITH", ...(whole ? {} : { wraps: true }) },
    ],
    layers.map((described, index) => [
      String(index + 1),
      formatSize(described.size.bytes),
      ...(onDisk
        ? [described.size.diskBytes === undefined ? "-" : formatSize(described.size.diskBytes)]
        : []),
      whole ? described.layer.chainId : shortDigest(described.layer.chainId),
      showInstruction(described.layer.createdBy, whole),
      showSharing(described, whole),
    ]),
  );
}

/** Longer instructions are cut where nothing else cuts them (not at a terminal). */
const MAX_INSTRUCTION_LENGTH = 60;

/** The instruction without what the classic builder puts before it. */
function showInstruction(createdBy: string, whole: boolean): string {
  const text = printable(
    createdBy
      .replace(/^\/bin\/sh -c #\(nop\)\s*/, "")
      .replace(/^\/bin\/sh -c /, "RUN ")
      .replaceAll(/\s+/g, " "),
  );
  if (text === "") return "-";
  return whole || text.length <= MAX_INSTRUCTION_LENGTH
    ? text
    : `${text.slice(0, MAX_INSTRUCTION_LENGTH - 1)}…`;
}

function showSharing({ sharedWith, heldBy }: DescribedLayer, whole: boolean): string {
  const names = sharedWith.map(nameImage);
  const images =
    names.length === 0
      ? "no other image"
      : `${names.length}: ${listSome(names, whole ? names.length : 2)}`;
  return heldBy === undefined ? images : `${images}; held by ${printable(heldBy)}`;
}
