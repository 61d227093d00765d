import { contentDigest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import type { Action } from "../plan/plan.ts";
import type { ImageRebuilder, WantedImage } from "../ports/image-rebuilder.ts";
import type { RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { RunJournal, RunSummary } from "../ports/run-journal.ts";
import { rebuildImage } from "../recovery/rebuild-image.ts";
import { asRestored } from "../recovery/restore-into-registry.ts";
import type { Restored } from "../recovery/restore-image.ts";
import { removedBy, type Removed, type UndoableRun } from "../recovery/undo-order.ts";
import { recordedImage } from "../recovery/wanted-image.ts";

/** Which of several images is meant that were removed under one name. */
export interface RecordChoice {
  /** The one that had the name at this moment. */
  readonly atMs?: number;
  /** The one that the run with this plan removed. */
  readonly planId?: string;
}

export interface RecordedPorts {
  /** The host by which its names begin. */
  readonly registry: string;
  readonly targetKey: string;
  readonly journal: Pick<RunJournal, "runs" | "run" | "recordOf">;
  readonly rebuilder: ImageRebuilder;
  readonly openLookup: () => Promise<RegistryLookup>;
  readonly bin: RecoveryBin;
}

/** Runs that are looked through for a name. */
const MOST_RUNS = 1_000;

/** An image of which a run has a record. */
export interface RecordedRemoval {
  readonly image: RemovedImage;
  /** With what it lists and what was attached to it. Rejects where the registry has collected what it stands on. */
  restore(signal: AbortSignal): Promise<Restored>;
}

/** Finds an image of a registry that a run has removed, by name or ID; undefined where no run has a record of such a one. */
export function findRecorded(
  text: string,
  choice: RecordChoice,
  ports: RecordedPorts,
): RecordedRemoval | undefined {
  const found = findRemoved(text, choice, ports);
  if (found === undefined) return undefined;
  const image = imageOf(found, ports.registry);
  return { image, restore: (signal) => restoreRecorded(image, found, ports, signal) };
}

async function restoreRecorded(
  image: RemovedImage,
  { run, chosen, wanted }: Found,
  ports: RecordedPorts,
  signal: AbortSignal,
): Promise<Restored> {
  const entries = await ports.bin.entries();
  const parts = { ...ports, openBin: async () => ({ bin: ports.bin, entries }) };
  const details: string[] = [];
  let restored: Restored | undefined;
  for (const each of togetherWith(chosen, run)) {
    const other = wantedOf(each, run);
    if (other === undefined) continue;
    const rebuilt = await rebuildImage(other, parts, signal);
    if (each.index === chosen.index) restored = asRestored(image, wanted, rebuilt);
    // Of what it lists and lacks it has told by itself.
    else if (rebuilt.kind === "collected" && restored !== undefined)
      details.push(`${other.id}, which was attached to it, cannot come back`);
  }
  if (restored === undefined)
    throw new RangeError(`${wanted.id} is not among what its run removed`);
  return { ...restored, details: [...(restored.details ?? []), ...details] };
}

interface Found {
  readonly run: UndoableRun;
  readonly summary: RunSummary;
  readonly chosen: Removed;
  readonly wanted: WantedImage;
}

/** The latest; of those after a moment the first, for what had the name then was removed first after it. */
function findRemoved(
  text: string,
  { atMs, planId }: RecordChoice,
  { registry, targetKey, journal }: RecordedPorts,
): Found | undefined {
  const isMeant = matcherOf(text, registry);
  let earliest: Found | undefined;
  for (const summary of journal.runs(MOST_RUNS)) {
    if (summary.targetKey !== targetKey && !isOfRegistry(summary, registry)) continue;
    if (planId !== undefined && summary.planId !== planId) continue;
    if (atMs !== undefined && Date.parse(summary.endedAt ?? summary.startedAt) < atMs) break;
    const run = journal.run(summary.id);
    if (run === undefined || !run.plan.actions.some(isMeant)) continue;
    const recordOf = (index: number) => journal.recordOf(summary.id, index);
    const undoable = { plan: run.plan, outcomes: run.outcomes, recordOf };
    const chosen = removedBy(undoable).find(({ action }) => isMeant(action));
    const wanted = chosen && wantedOf(chosen, undoable);
    if (chosen === undefined || wanted === undefined) continue;
    earliest = { run: undoable, summary, chosen, wanted };
    if (atMs === undefined) return earliest;
  }
  return earliest;
}

/** A run on all of a registry and one on a single repository have different targets, and the same names. */
function isOfRegistry({ targetKey }: RunSummary, registry: string): boolean {
  const all = `registry:registry://${registry}`;
  return targetKey === all || targetKey.startsWith(`${all}/`);
}

/** By a name with or without its registry, or by a digest, whole or cut short. */
function matcherOf(text: string, registry: string): (action: Action) => boolean {
  const names = [text, `${registry}/${text}`].flatMap((each) => {
    const reference = parseReference(each);
    return "kind" in reference ? [] : [formatReference(reference)];
  });
  const hex = contentDigest(text).replace(/^sha256:/, "");
  const isId = /^[0-9a-f]{7,64}$/.test(hex);
  return ({ kind, subject, references }) => {
    if (kind !== "delete-image" && kind !== "untag") return false;
    if (names.some((name) => references.includes(name))) return true;
    return isId && contentDigest(subject).startsWith(`sha256:${hex}`);
  };
}

/** What it lists, itself, and what was attached to any of them, in the order in which that comes back. */
function togetherWith(chosen: Removed, run: UndoableRun): readonly Removed[] {
  const all = removedBy(run);
  const related = new Set([chosen.action.subject]);
  const listed = new Map(all.map((each) => [each.action.subject, relativesOf(each, run)]));
  for (let size = 0; size < related.size;) {
    size = related.size;
    for (const [id, { children, subject }] of listed) {
      if (related.has(id)) for (const child of children) related.add(child);
      if (subject !== undefined && related.has(subject)) related.add(id);
    }
  }
  return all.filter((each) => each.index === chosen.index || isImage(each, related));
}

function isImage({ action: { kind, subject } }: Removed, ids: ReadonlySet<string>): boolean {
  return kind === "delete-image" && ids.has(subject);
}

function relativesOf(
  { index }: Removed,
  { recordOf }: UndoableRun,
): { readonly children: readonly string[]; readonly subject: string | undefined } {
  const { children, subject } = recordOf(index)?.description ?? {};
  return {
    children: Array.isArray(children) ? children.filter((each) => typeof each === "string") : [],
    subject: typeof subject === "string" ? subject : undefined,
  };
}

function wantedOf({ index }: Removed, { recordOf }: UndoableRun): WantedImage | undefined {
  const record = recordOf(index);
  return record && recordedImage(record);
}

function imageOf(
  { run, chosen: { action, index }, summary, wanted }: Found,
  registry: string,
): RemovedImage {
  const { targetKey, targetName, planId, startedAt } = summary;
  return {
    id: contentDigest(action.imageId ?? action.subject),
    references: action.references,
    repoDigests: [`${registry}/${wanted.id}`],
    targetKey,
    targetName,
    planId,
    removedAt: run.outcomes.find((outcome) => outcome.index === index)?.at ?? startedAt,
  };
}
