import type { Bytes } from "../../inventory/content-graph.ts";
import type { Image } from "../../inventory/image.ts";
import type { Use } from "../../inventory/image-use.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import { formatDuration } from "../../policy/duration.ts";
import { formatSize } from "../../policy/size.ts";
import { printable } from "./printable.ts";

/** What a table shows where nothing is known. */
export const UNKNOWN = "-";

/**
 * The first name of an image as docker prints it; with a shortened digest where it has no tag, `<none>` and the short ID
 * where it has no name at all.
 */
export function nameImage(image: Image): string {
  const [tagged] = image.references;
  if (tagged !== undefined) return printable(familiarName(tagged));
  const [byDigest] = image.repoDigests;
  if (byDigest === undefined) return `<none> ${shortDigest(image.id)}`;
  const at = byDigest.indexOf("@");
  return printable(`${familiarName(byDigest.slice(0, at))}@${shortDigest(byDigest.slice(at + 1))}`);
}

/** `3d`, or `-`. A time that lies ahead of this clock is `now`. */
export function formatAge(time: string | undefined, nowMs: number): string {
  const atMs = time === undefined ? Number.NaN : Date.parse(time);
  if (Number.isNaN(atMs)) return UNKNOWN;
  const [largestUnit = ""] = formatDuration(nowMs - atMs).split(" ");
  return nowMs - atMs < 1000 ? "now" : largestUnit;
}

/** As `formatAge`, in a sentence: `3d ago`. */
export function formatAgo(time: string | undefined, nowMs: number): string {
  const age = formatAge(time, nowMs);
  return age === UNKNOWN || age === "now" ? age : `${age} ago`;
}

/** `1.2GB`, and in blocks where they were measured: `1.2GB, 1.4GB on disk`. */
export function formatBytes({ bytes, diskBytes }: Bytes): string {
  return diskBytes === undefined
    ? formatSize(bytes)
    : `${formatSize(bytes)}, ${formatSize(diskBytes)} on disk`;
}

/** `running container web`, `service api`, `image mount of exited container job`. */
export function describeUse({ kind, name, state }: Use): string {
  switch (kind) {
    case "service":
      return `service ${printable(name)}`;
    case "mount":
      return `image mount of ${state} container ${printable(name)}`;
    case "container":
      return `${state} container ${printable(name)}`;
  }
}

/** `a, b and 3 more`. */
export function listSome(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
