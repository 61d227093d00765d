import type { ContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Amount, Headroom } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";

/** What the load line asks for: bytes on the disk, or of images, whatever else is freed. */
export interface HeadroomDemand {
  readonly of: "disk" | "images";
  readonly bytes: number;
  readonly why: string;
}

/** What is taken, as a load line in shares or in bytes sees it. */
interface Load {
  readonly of: HeadroomDemand["of"];
  readonly usedBytes: number;
  readonly lineBytes: number;
}

/** Undefined below the load line, and where a share is asked for and the disk is not known. */
export function headroomDemand(
  { start, stop, of: measured = "disk" }: Headroom,
  inventory: Inventory,
  graph: ContentGraph,
): HeadroomDemand | undefined {
  const before = loadOf(start, measured, inventory, graph);
  const after = loadOf(stop, measured, inventory, graph);
  if (before === undefined || after === undefined) return undefined;
  if (before.usedBytes < before.lineBytes) return undefined;
  const { of, usedBytes, lineBytes } = after;
  const why = `to bring the ${of} from ${say(stop, usedBytes, inventory)} below ${say(stop, lineBytes, inventory)}`;
  return { of, bytes: usedBytes - lineBytes, why };
}

function loadOf(
  amount: Amount,
  measured: HeadroomDemand["of"],
  inventory: Inventory,
  graph: ContentGraph,
): Load | undefined {
  if ("bytes" in amount)
    return { of: "images", usedBytes: imageBytes(inventory, graph), lineBytes: amount.bytes };
  const disk = inventory.engine?.disk;
  if (disk === undefined || disk.totalBytes <= 0) return undefined;
  if (measured === "images") {
    const usedBytes = imageBytes(inventory, graph);
    return { of: "images", usedBytes, lineBytes: amount.share * disk.totalBytes };
  }
  const usedBytes = disk.totalBytes - Math.min(disk.freeBytes, disk.totalBytes);
  return { of: "disk", usedBytes, lineBytes: amount.share * disk.totalBytes };
}

/** Every blob that an image stands on, once: what would be left without the build cache. */
function imageBytes({ buildCache }: Inventory, graph: ContentGraph): number {
  return graph.reached.bytes - graph.freedBy(buildCache.map(({ id }) => id)).bytes;
}

function say(amount: Amount, bytes: number, { engine }: Inventory): string {
  const totalBytes = engine?.disk?.totalBytes ?? 0;
  return "bytes" in amount ? formatSize(bytes) : `${Math.round((100 * bytes) / totalBytes)} %`;
}
