import type { Bytes } from "../../inventory/content-graph.ts";
import type { Image } from "../../inventory/image.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import type { RepositoryUsage } from "../../inventory/repository-usage.ts";
import { sizeOfBlobs, type KindUsage } from "../../inventory/usage-summary.ts";
import { familiarName } from "../../oci/reference.ts";
import { imagesOf, type StorageReport } from "../../operations/storage-report.ts";
import { stateOf, type ImageState } from "../../operations/image-state.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { printable } from "./printable.ts";
import { renderTable, type Column } from "./table.ts";
import { nameImage, UNKNOWN } from "./view-image.ts";

/** Storage by kind, by repository and, when asked for, by image. */
export function renderStorage(
  output: Output,
  inventory: Inventory,
  report: StorageReport,
  verbose: boolean,
): string {
  const parts = [
    renderKinds(output, report),
    renderRepositories(output, report.repositories),
    ...(verbose ? [renderImages(output, inventory, report)] : []),
    describeFigures(inventory),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

const RIGHT = { align: "right" } as const;

/** Kinds that the target has nothing of are left out, images never. */
export function renderKinds(output: Output, { usage, unused }: StorageReport): string {
  const images = { bytes: unused.totals.freesBytes, diskBytes: unused.totals.freesDiskBytes };
  const onDisk = usage.images.size.diskBytes !== undefined;
  const rows: (readonly [name: string, kind: KindUsage, couldGo: string, couldGoOnDisk: string])[] =
    [
      [
        "Images",
        usage.images,
        formatSize(images.bytes),
        images.diskBytes === undefined ? UNKNOWN : formatSize(images.diskBytes),
      ],
      [
        "Containers",
        usage.containers,
        sumOf(usage.containers, usage.containers.idleBytes),
        UNKNOWN,
      ],
      ["Volumes", usage.volumes, sumOf(usage.volumes, usage.volumes.idleBytes), UNKNOWN],
      [
        "Build cache",
        usage.buildCache,
        sumOf(usage.buildCache, usage.buildCache.idleBytes),
        UNKNOWN,
      ],
    ];
  const columns: readonly Column[] = [
    { title: "HOLDS" },
    { title: "COUNT", ...RIGHT },
    { title: "IN USE", ...RIGHT },
    { title: "SIZE", ...RIGHT },
    ...(onDisk ? [{ title: "ON DISK", ...RIGHT }] : []),
    { title: "COULD GO", ...RIGHT },
    ...(onDisk ? [{ title: "ON DISK", ...RIGHT }] : []),
  ];
  return renderTable(
    output,
    columns,
    rows
      .filter(([name, { count }]) => count > 0 || name === "Images")
      .map(([name, kind, couldGo, couldGoOnDisk]) => [
        name,
        String(kind.count),
        String(kind.inUse),
        sumOf(kind, kind.size.bytes),
        ...(onDisk
          ? [kind.size.diskBytes === undefined ? UNKNOWN : formatSize(kind.size.diskBytes)]
          : []),
        couldGo,
        ...(onDisk ? [couldGoOnDisk] : []),
      ]),
  );
}

/** A sum of which some sizes may be unknown. */
function sumOf({ count, unknownSizes }: KindUsage, bytes: number | undefined): string {
  if (bytes === undefined || (count > 0 && unknownSizes === count)) return UNKNOWN;
  return unknownSizes === 0 ? formatSize(bytes) : `at least ${formatSize(bytes)}`;
}

function renderRepositories(output: Output, repositories: readonly RepositoryUsage[]): string {
  if (repositories.length === 0) return "";
  return renderTable(
    output,
    [
      { title: "REPOSITORY", shrinks: true },
      { title: "IMAGES", ...RIGHT },
      { title: "SIZE", ...RIGHT },
      { title: "SHARED", ...RIGHT },
      { title: "EXCLUSIVE", ...RIGHT },
      { title: "COULD GO", ...RIGHT },
    ],
    repositories.map(({ repository, images, size, exclusive, removable }) => [
      nameRepository(repository),
      String(images.length),
      formatSize(size.bytes),
      formatSize(size.bytes - exclusive.bytes),
      formatSize(exclusive.bytes),
      formatSize(removable.bytes),
    ]),
  );
}

export function nameRepository(repository: string | undefined): string {
  return repository === undefined ? "<none>" : printable(familiarName(repository));
}

/** What one image takes. */
export interface ImageUsage {
  readonly image: Image;
  readonly state: ImageState;
  readonly size: Bytes;
  readonly shared: Bytes;
  readonly exclusive: Bytes;
  /** Nothing uses it, and nothing that stays needs it. */
  readonly couldGo: boolean;
}

/** Every image, by exclusive bytes. */
export function imageUsages(
  inventory: Inventory,
  { facts, effect, unused }: StorageReport,
): readonly ImageUsage[] {
  const removable = imagesOf(unused);
  return inventory.images
    .map((image) => ({
      image,
      state: stateOf(image, facts.uses.get(image.id) ?? [], facts),
      size: sizeOfBlobs(inventory, [image]),
      shared: effect.sharedOf(image.id),
      exclusive: effect.freedBy([image.id]),
      couldGo: removable.has(image.id),
    }))
    .toSorted(
      (a, b) => b.exclusive.bytes - a.exclusive.bytes || (a.image.id < b.image.id ? -1 : 1),
    );
}

function renderImages(output: Output, inventory: Inventory, report: StorageReport): string {
  return renderTable(
    output,
    [
      { title: "IMAGE", shrinks: true },
      { title: "STATE" },
      { title: "SIZE", ...RIGHT },
      { title: "SHARED", ...RIGHT },
      { title: "EXCLUSIVE", ...RIGHT },
      { title: "COULD GO" },
    ],
    imageUsages(inventory, report).map(({ image, state, size, shared, exclusive, couldGo }) => [
      nameImage(image),
      state,
      formatSize(size.bytes),
      formatSize(shared.bytes),
      formatSize(exclusive.bytes),
      couldGo ? "yes" : "no",
    ]),
  );
}

/** What must be known to read the figures. */
function describeFigures({ accuracy }: Inventory): string {
  const detail = accuracy.detail === undefined ? "" : `: ${accuracy.detail}`;
  switch (accuracy.kind) {
    case "exact":
      return "";
    case "at-least":
      return `What could go is at least this much${detail}.\n`;
    case "up-to":
      return `What could go is up to this much${detail}.\n`;
    default:
      return accuracy.kind satisfies never;
  }
}
