import { familiarName } from "../../oci/reference.ts";
import type { InspectedImage } from "../../operations/inspect-images.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { renderFields } from "./fields.ts";
import { describeUse, formatAgo, formatBytes, nameImage, UNKNOWN } from "./view-image.ts";

/** One image in full, a field a line. */
export function renderInspected(output: Output, inspected: InspectedImage, nowMs: number): string {
  const { image, state, uses, exclusive, shared } = inspected;
  const time = (at: string | undefined): string =>
    at === undefined ? UNKNOWN : `${at} (${formatAgo(at, nowMs)})`;
  return renderFields(output, nameImage(image), [
    ["ID", [image.id]],
    ["Names", image.references.map(familiarName)],
    ["Digests", image.repoDigests.map(familiarName)],
    ["Platforms", image.platforms],
    ["State", [state]],
    ["Used by", uses.map(describeUse)],
    ["Created", [time(image.createdAt)]],
    ["Arrived", [time(image.arrivedAt)]],
    ["Last used", [time(image.lastUsedAt)]],
    ["Watched since", [time(image.firstSeenAt)]],
    ["Size", [formatSize(image.sizeBytes)]],
    ["Exclusive", [formatBytes(exclusive)]],
    ["Shared", [formatBytes(shared)]],
    ["Parent", image.parent === undefined ? [] : [image.parent]],
    ["Subject", image.subject === undefined ? [] : [image.subject]],
    ["Manifests", image.children ?? []],
    ["Unreadable", image.unreadable === undefined ? [] : [image.unreadable]],
    ["Labels", Object.entries(image.labels).map(([key, value]) => `${key}=${value}`)],
  ]);
}
