import { timeMs } from "../../inventory/time-ms.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import type { PartAnswer } from "../../operations/ask-for-parts.ts";
import { keptUntilMs } from "../../operations/retain-bin.ts";
import { formatDuration } from "../../policy/duration.ts";
import { formatSize } from "../../policy/size.ts";
import type { BinEntry, BinPart, RegistryPart, RemovedImage } from "../../ports/recovery-bin.ts";
import type { Output } from "../cli-context.ts";
import { renderFields } from "./fields.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count } from "./view-bytes.ts";
import { formatMoment } from "./view-moment.ts";

/** What an image was called, or else its ID. */
export function binName({ references, id, volume }: RemovedImage): string {
  const [first] = references;
  if (volume !== undefined) return printable(`volume ${volume.name}`);
  return printable(first === undefined ? shortDigest(id) : familiarName(first));
}

/** `3 images, 1 volume`. */
export function countEntries(entries: readonly Pick<BinEntry, "image">[]): string {
  const volumes = entries.filter(({ image }) => image.volume !== undefined).length;
  const images = entries.length - volumes;
  if (volumes === 0) return count(images, "image");
  return images === 0
    ? count(volumes, "volume")
    : `${count(images, "image")}, ${count(volumes, "volume")}`;
}

function listedNames({ references, volume }: RemovedImage): string {
  if (volume !== undefined) return `volume ${volume.name}`;
  return references.map(familiarName).join(", ") || "<none>";
}

/** A clock that was not set yet tells nothing. */
function sayRemoved({ removedAt }: RemovedImage, nowMs: number): string {
  const atMs = timeMs(removedAt);
  return Number.isNaN(atMs) ? "unknown" : `${formatDuration(nowMs - atMs)} ago`;
}

/** How long an image is kept from now on, in a few words. */
function sayKeptFor({ image, pinned }: BinEntry, nowMs: number): string {
  if (pinned) return "pinned";
  const untilMs = keptUntilMs(image);
  if (untilMs === undefined) return "unknown";
  return untilMs < nowMs ? "expired" : formatDuration(untilMs - nowMs);
}

export function renderBinList(output: Output, entries: readonly BinEntry[], nowMs: number): string {
  return renderTable(
    output,
    [
      { title: "IMAGE", shrinks: true },
      { title: "ID" },
      { title: "REMOVED" },
      { title: "FROM", shrinks: true },
      { title: "SIZE", align: "right" },
      { title: "KEPT FOR" },
    ],
    entries.map((entry) => [
      printable(listedNames(entry.image)),
      shortDigest(entry.image.id),
      sayRemoved(entry.image, nowMs),
      printable(entry.image.targetName),
      formatSize(entry.storedBytes),
      [
        sayKeptFor(entry, nowMs),
        ...(entry.damage === undefined ? [] : ["damaged"]),
        ...repositoriesOf(entry).map((repository) => `rest in ${repository}`),
      ].join(", "),
    ]),
  );
}

/** Where the rest of an image is that is not all in the bin. */
function repositoriesOf({ inRegistry = [] }: BinEntry): readonly string[] {
  return [...new Set(inRegistry.map(({ repository }) => printable(familiarName(repository))))];
}

/** Everything that is known of one image in the bin. */
export function renderBinEntry(
  output: Output,
  entry: BinEntry,
  parts: readonly BinPart[],
  others: ReadonlyMap<string, BinEntry>,
): string {
  const { image, form, pinned, inRegistry = [], damage } = entry;
  const untilMs = keptUntilMs(image);
  const until = untilMs === undefined ? "for an unknown time" : `until ${sayMoment(untilMs)}`;
  const sharers = new Set(parts.flatMap(({ sharedWith }) => sharedWith));
  const own = sumOf(parts.filter(({ sharedWith }) => sharedWith.length === 0));
  const unpacked = parts.flatMap(({ unpackedBytes }) => unpackedBytes ?? []);
  const fields: [string, string[]][] = [
    ["Names", image.references.map(familiarName)],
    ["By digest", image.repoDigests.map(familiarName)],
    ["ID", [image.id]],
    ["Built", image.createdAt === undefined ? [] : [formatMoment(image.createdAt)]],
    ["Removed", [`${formatMoment(image.removedAt)} from ${image.targetName}`]],
    ["Plan", [image.planId]],
    ["Kept", [pinned ? "for ever: it is pinned" : until]],
    ["Known by", [form.kind === "config" ? "its configuration" : "its manifest, byte for byte"]],
    ["Stored", [`${formatSize(sumOf(parts))}, of which ${formatSize(own)} for this image alone`]],
    ["Unpacked", unpacked.length === 0 ? [] : [formatSize(unpacked.reduce((a, b) => a + b, 0))]],
    ["Shares with", [...sharers].flatMap((key) => nameOf(others.get(key)))],
    ["In registries", sayInRegistries(inRegistry)],
    ["Damage", damage === undefined ? [] : [damage]],
  ];
  return `${renderFields(output, binName(image), fields)}\n${renderParts(output, parts)}`;
}

function renderParts(output: Output, parts: readonly BinPart[]): string {
  return renderTable(
    output,
    [
      { title: "STORED AS" },
      { title: "BYTES", align: "right" },
      { title: "UNPACKED", align: "right" },
      { title: "SHARED" },
      { title: "WHAT", shrinks: true },
    ],
    parts.map(({ digest, storedBytes, unpackedBytes, sharedWith, ...part }) => [
      shortDigest(digest),
      part.inRegistry === undefined ? formatSize(storedBytes) : "not here",
      unpackedBytes === undefined ? "" : formatSize(unpackedBytes),
      sharedWith.length === 0 ? "" : `with ${count(sharedWith.length, "image")}`,
      `${sayPart(part)}${part.inRegistry === undefined ? "" : `, in ${printable(familiarName(part.inRegistry))}`}`,
    ]),
  );
}

function sayPart({ kind, mediaType, diffId }: Pick<BinPart, "kind" | "mediaType" | "diffId">) {
  return kind === "layer" && diffId !== undefined
    ? `layer ${shortDigest(diffId)}`
    : printable(mediaType || "of no stated type");
}

/** What has to be fetched before the image comes back, a line for each repository. */
function sayInRegistries(inRegistry: readonly RegistryPart[]): string[] {
  const repositories = Map.groupBy(inRegistry, ({ repository }) => repository);
  return [...repositories].map(([repository, parts]) => {
    const bytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return `${count(parts.length, "layer")}, ${formatSize(bytes)}, to be fetched from ${printable(familiarName(repository))}`;
  });
}

/** What registries say of the layers that the bin has left to them, a line for each that is not there, or not known. */
export function renderInRegistries(answers: readonly PartAnswer[]): string {
  const held = answers.filter(({ answer }) => answer.kind === "held");
  const repositories = [...new Set(held.map(({ repository }) => familiarName(repository)))];
  const there = printable(repositories.join(", "));
  const lines = answers.flatMap(({ repository, blob, answer }) =>
    answer.kind === "held"
      ? []
      : `${blob}: ${printable(familiarName(repository))} ${answer.kind === "lacking" ? "does not have it any more" : `does not tell whether it has it: ${printable(answer.detail)}`}`,
  );
  if (held.length > 0)
    lines.push(`Left to registries: ${count(held.length, "layer")}, still in ${there}.`);
  return lines.map((line) => `${line}\n`).join("");
}

/** Which images a damage takes with it, and what can still be done. */
export function renderLost(output: Output, lost: readonly BinEntry[], programName: string): string {
  if (lost.length === 0) return "No image needs what is damaged.\n";
  const lines = lost.flatMap(({ image }) => [
    `${binName(image)} (${shortDigest(image.id)}) cannot come back.`,
    ...image.repoDigests.map(
      (name) => `  docker pull ${printable(name)}, if its registry still has it`,
    ),
  ]);
  return [
    paint(output, "bold", `${countEntries(lost)} cannot come back:`),
    ...lines,
    "Where such an image, or another one with the same layers, is put into the bin again, what is damaged is replaced.",
    `${programName} bin empty IMAGE takes one out of the bin.`,
    "",
  ].join("\n");
}

function nameOf(entry: BinEntry | undefined): string[] {
  return entry === undefined ? [] : [`${binName(entry.image)} (${shortDigest(entry.image.id)})`];
}

function sumOf(parts: readonly BinPart[]): number {
  return parts.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
}

function sayMoment(ms: number): string {
  return formatMoment(new Date(ms).toISOString());
}
