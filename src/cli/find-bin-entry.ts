import { formatReference, parseReference } from "../oci/reference.ts";
import type { BinEntry } from "../ports/recovery-bin.ts";
import { CliError } from "./cli-error.ts";

/** Which of several images is meant that were removed under one name. */
export interface EntryChoice {
  /** The one that had the name at this moment. */
  readonly atMs?: number;
  /** The one that the run with this plan removed. */
  readonly planId?: string;
}

/**
 * The image in the bin that a name or an ID, whole or cut short, means: by default the one that was removed last. A volume goes
 * by its name, where no image does.
 */
export function findBinEntry(
  entries: readonly BinEntry[],
  text: string,
  { atMs, planId }: EntryChoice,
  programName: string,
): BinEntry {
  const reference = parseReference(text);
  const name = "kind" in reference ? undefined : formatReference(reference);
  const hex = text.replace(/^sha256:/, "");
  const isId = /^[0-9a-f]{7,64}$/.test(hex);
  const named = entries.filter(
    ({ image }) => name !== undefined && image.references.includes(name),
  );
  const identified = isId
    ? entries.filter(({ image }) => image.id.slice("sha256:".length).startsWith(hex))
    : [];
  const volumes = entries.filter(({ image }) => image.volume?.name === text);
  const images = named.length > 0 ? named : identified;
  const found = (images.length > 0 ? images : volumes)
    .filter(({ image }) => planId === undefined || image.planId === planId)
    .filter(({ image }) => atMs === undefined || Date.parse(image.removedAt) >= atMs)
    .toSorted((a, b) => (a.image.removedAt < b.image.removedAt ? -1 : 1));
  if (
    named.length === 0 &&
    identified.length > 0 &&
    new Set(found.map(({ image }) => image.id)).size > 1
  )
    throw new CliError(`"${text}" begins the IDs of several images in the recovery bin`, [
      "Give more of the ID, or a name.",
    ]);
  // What had a name at some moment is what was removed first after it.
  const chosen = atMs === undefined ? found.at(-1) : found[0];
  if (chosen !== undefined) return chosen;
  const others = images.length + volumes.length > 0 ? " of that moment or run" : "";
  throw new CliError(`the recovery bin has no image "${text}"${others}`, [
    `${programName} bin list shows what it has.`,
  ]);
}
