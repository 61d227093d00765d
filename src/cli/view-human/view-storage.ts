import type { Inventory } from "../../inventory/inventory.ts";
import type { RepositoryUsage } from "../../inventory/repository-usage.ts";
import type { KindUsage } from "../../inventory/usage-summary.ts";
import { familiarName } from "../../oci/reference.ts";
import type { ImageUsage } from "../../operations/image-usage.ts";
import type { StorageReport } from "../../operations/storage-report.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { printable } from "./printable.ts";
import { renderTable, type Column } from "./table.ts";
import { count } from "./view-bytes.ts";
import { nameImage, UNKNOWN } from "./view-image.ts";

const RIGHT = { align: "right" } as const;

/** Kinds that the target has nothing of are left out, images never. */
export function renderKinds(output: Output, { usage, wide, knowsUse }: StorageReport): string {
  const onDisk = usage.images.size.diskBytes !== undefined;
  const rows: (readonly [name: string, kind: KindUsage, couldGo: string])[] = [
    ["Images", usage.images, formatSize(wide.plan.totals.freesBytes)],
    ["Containers", usage.containers, sumOf(usage.containers, usage.containers.idleBytes)],
    ["Volumes", usage.volumes, sumOf(usage.volumes, usage.volumes.idleBytes)],
    ["Build cache", usage.buildCache, sumOf(usage.buildCache, usage.buildCache.idleBytes)],
  ];
  const columns: readonly Column[] = [
    { title: "HOLDS" },
    { title: "COUNT", ...RIGHT },
    ...(knowsUse ? [{ title: "IN USE", ...RIGHT }] : []),
    { title: "SIZE", ...RIGHT },
    ...(onDisk ? [{ title: "ON DISK", ...RIGHT }] : []),
    { title: "COULD GO", ...RIGHT },
  ];
  return renderTable(
    output,
    columns,
    rows
      .filter(([name, { count }]) => count > 0 || name === "Images")
      .map(([name, kind, couldGo]) => [
        name,
        String(kind.count),
        ...(knowsUse ? [String(kind.inUse)] : []),
        sumOf(kind, kind.size.bytes),
        ...(onDisk ? [sumOf(kind, kind.size.diskBytes)] : []),
        couldGo,
      ]),
  );
}

/** A sum of which some sizes may be unknown. */
function sumOf({ count, unknownSizes }: KindUsage, bytes: number | undefined): string {
  if (bytes === undefined || (count > 0 && unknownSizes === count)) return UNKNOWN;
  return unknownSizes === 0 ? formatSize(bytes) : `at least ${formatSize(bytes)}`;
}

export function renderRepositories(
  output: Output,
  repositories: readonly RepositoryUsage[],
): string {
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

export function renderImageUsages(
  output: Output,
  usages: readonly ImageUsage[],
  { knowsUse }: StorageReport,
): string {
  return renderTable(
    output,
    [
      { title: "IMAGE", shrinks: true },
      ...(knowsUse ? [{ title: "STATE" }] : []),
      { title: "SIZE", ...RIGHT },
      { title: "SHARED", ...RIGHT },
      { title: "EXCLUSIVE", ...RIGHT },
      { title: "COULD GO" },
    ],
    usages.map(({ image, state, size, shared, exclusive, couldGo }) => [
      nameImage(image),
      ...(knowsUse ? [state] : []),
      formatSize(size.bytes),
      formatSize(shared.bytes),
      formatSize(exclusive.bytes),
      couldGo ? "yes" : "no",
    ]),
  );
}

/** Why there are more images than `images` lists. */
export function describeIntermediates({ intermediates }: StorageReport): string {
  if (intermediates === 0) return "";
  const parts = count(intermediates, "is a part", "are parts");
  return `Of the images ${parts} of others: build steps without a name, manifests of an index.\n`;
}

/** A registry's bytes are exact, and free only later. */
export function sayWhenFree({ target, accuracy: { detail } }: Inventory): string {
  return target.kind === "registry" && detail !== undefined
    ? `What goes is free ${printable(detail)}.\n`
    : "";
}

/** What must be known to read the figures. */
export function describeFigures(inventory: Inventory): string {
  const { accuracy } = inventory;
  const detail = accuracy.detail === undefined ? "" : `: ${printable(accuracy.detail)}`;
  switch (accuracy.kind) {
    case "exact":
      return sayWhenFree(inventory);
    case "at-least":
      return `At least so much is freed${detail}.\n`;
    case "up-to":
      return `Up to so much is freed${detail}.\n`;
    default:
      return accuracy.kind satisfies never;
  }
}
