import { contentDigest, isDigest } from "../../oci/digest.ts";
import { putsVolumeBy, type Action, type Kept, type Plan } from "../../plan/plan.ts";
import { RULES } from "../../plan/reason.ts";
import { formatSize } from "../../policy/size.ts";
import { familiarName, repositoryOf } from "../../oci/reference.ts";
import { printable } from "./printable.ts";
import { sayAbout } from "./view-about.ts";
import { countActions } from "./count-actions.ts";

type Way = Action["recovery"]["way"];

/** In the order in which they are told, the surest and cheapest first. */
const WAYS: Readonly<Record<Way, { readonly short: string; readonly long: string }>> = {
  registry: { short: "registry", long: "from registries" },
  backup: { short: "backup", long: "from the backup repository" },
  archive: { short: "bin", long: "from the bin" },
  record: { short: "record only", long: "only as a record of what they were" },
  none: { short: "no", long: "not at all" },
};

/** What a record is worth in a registry. */
const BY_MANIFEST = "by the manifest that is kept, until the registry collects its garbage";

/** How the images of a plan come back, one line; empty where none goes. */
export function sayWaysBack(plan: Plan): string {
  const amounts = imagesByWay(plan.actions);
  if (amounts.size === 0) return "";
  const parts = Object.entries(WAYS).flatMap(([way, { long }]) => {
    const amount = amounts.get(way as Way);
    if (amount === undefined) return [];
    const time = sayTime(plan.actions, way as Way);
    if (way === "record" && plan.target.kind === "registry") return [`${amount} ${BY_MANIFEST}`];
    if (way !== "archive") return [`${amount} ${long}${time === "" ? "" : ` (${time})`}`];
    // The time is estimated from the bytes.
    const isKnown = time !== "" && plan.bin?.mayTakeMore !== true;
    const costs = [sayRoom(plan), ...(isKnown ? [time] : [])].join(", ");
    return [`${amount} ${long}${sayLayersLeft(plan.actions)} (${costs})`];
  });
  return `Comes back: ${parts.join(", ")}.\n`;
}

/** What else of a plan undo brings back, and what it cannot. */
export function sayBeyondImages({ actions }: Plan): string {
  const others = actions.filter(({ kind }) => kind !== "delete-image" && kind !== "untag");
  const made = others.filter(({ recovery }) => recovery.way === "record");
  const kept = others.filter(putsVolumeBy);
  const lost = others.filter(({ recovery: { way } }) => way !== "record" && way !== "archive");
  const containers = made.some(({ kind }) => kind === "remove-container")
    ? "; what containers wrote outside volumes is lost"
    : "";
  const room = kept.reduce((sum, { recovery: { bytes = 0 } }) => sum + bytes, 0);
  return [
    kept.length === 0
      ? ""
      : `In the bin with their content: ${countActions(kept)} (at most ${formatSize(room)}).\n`,
    made.length === 0 ? "" : `Made again by undo: ${countActions(made)}${containers}.\n`,
    lost.length === 0 ? "" : `Beyond undo: ${countActions(lost)}.\n`,
  ].join("");
}

const WAYS_ON = {
  image:
    "An image that cannot be put by goes with a backup repository (recovery: { backup: REPOSITORY } in a policy), or leaves a record only (--recovery record).\n",
  volume:
    "A volume that cannot be put by goes without --archive-volumes and recovery: archive, and its content is lost.\n",
} as const;

/** Ways on for what stays because its content can be put nowhere safely. */
export function sayHeldBack(kept: readonly Kept[]): string {
  const held = kept.filter(({ reasons }) => reasons.some(({ rule }) => rule === RULES.noWayBack));
  const areImages = held.map(({ subject }) => isDigest(contentDigest(subject)));
  return [
    areImages.includes(true) ? WAYS_ON.image : "",
    areImages.includes(false) ? WAYS_ON.volume : "",
  ].join("");
}

/** Whether the images of a plan come back by more than one way, so that each is worth naming. */
export function haveDifferentWays(actions: readonly Action[]): boolean {
  return imagesByWay(actions).size > 1;
}

export function nameWay({ kind, recovery }: Action): string {
  if (kind !== "delete-image") return "";
  const { short } = WAYS[recovery.way];
  return recovery.layersFrom === undefined ? short : `${short}, registry`;
}

/** So many repositories are named. */
const NAMED_REPOSITORIES = 3;

/** Whose layers are not put into the bin. */
function sayLayersLeft(actions: readonly Action[]): string {
  const mixed = actions.filter(({ recovery }) => recovery.layersFrom !== undefined);
  if (mixed.length === 0) return "";
  const repositories = [...new Set(mixed.flatMap(({ recovery }) => repositoriesIn(recovery)))];
  const named = repositories.slice(0, NAMED_REPOSITORIES).join(", ");
  const more = repositories.length - NAMED_REPOSITORIES;
  const from = more > 0 ? `${named} and ${more} more repositories` : named;
  return `, ${mixed.length} of them with layers from ${from}`;
}

function repositoriesIn({ layersFrom = [] }: Action["recovery"]): readonly string[] {
  return layersFrom.map((name) => printable(familiarName(repositoryOf(name))));
}

/** What making the ways of one kind is likely to take: one image goes after the other. */
function sayTime(actions: readonly Action[], way: Way): string {
  const ms = actions.reduce(
    (sum, { recovery }) => (recovery.way === way ? sum + (recovery.estimatedMs ?? 0) : sum),
    0,
  );
  return ms === 0 ? "" : sayAbout(ms);
}

function imagesByWay(actions: readonly Action[]): ReadonlyMap<Way, number> {
  const amounts = new Map<Way, number>();
  for (const { kind, recovery } of actions) {
    if (kind === "delete-image") amounts.set(recovery.way, (amounts.get(recovery.way) ?? 0) + 1);
  }
  return amounts;
}

function sayRoom({ totals, bin }: Plan): string {
  const { archiveBytes, freesBytes } = totals;
  if (bin?.mayTakeMore === true)
    return archiveBytes === 0
      ? "how much there is not known"
      : `at least ${formatSize(archiveBytes)} there`;
  if (archiveBytes === 0) return "which has all of it already";
  const room = `at most ${formatSize(archiveBytes)} there`;
  if (bin?.isOnSameDisk !== true) return room;
  const netBytes = freesBytes - archiveBytes;
  return netBytes > 0
    ? `${room}, at least ${formatSize(netBytes)} net on this disk`
    : `${room}, on this same disk: perhaps nothing is gained until the bin lets go of them`;
}
