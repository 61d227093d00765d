import type { Inventory } from "../inventory/inventory.ts";
import type { ActionKind } from "../plan/plan.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import { describeStayed } from "./describe-stayed.ts";
import { measureResources } from "./measure-resources.ts";
import { messageOf } from "./recheck.ts";
import type { RunAccount } from "./run-account.ts";

export interface Freed {
  /** Absent when nothing could be measured. */
  readonly bytes?: number;
  /** How it was measured, and what was not. */
  readonly detail: string;
  readonly findings: readonly string[];
}

/** Opened before the first removal, since some targets only tell by a difference; closed after the last. */
export interface Measurement {
  close(account: RunAccount, swept: readonly string[]): Promise<Freed>;
}

/** There is nothing to measure, and that is 0 bytes. */
const FREE_NOTHING: ReadonlySet<ActionKind> = new Set(["untag", "remove-network"]);

export async function openMeasurement(
  inventory: Inventory,
  remover: ImageRemover,
): Promise<Measurement> {
  const before = await contentBefore(remover);
  return {
    close: async (account, swept) => {
      const content = await measureContent(account, swept, inventory, remover, before);
      const resources = measureResources(account);
      const measured = [content.bytes, resources.bytes].filter((bytes) => bytes !== undefined);
      const bytes = measured.reduce((sum, part) => sum + part, 0);
      const freesNothing = account.applied().every(({ action }) => FREE_NOTHING.has(action.kind));
      return {
        ...(measured.length === 0 && !freesNothing ? {} : { bytes }),
        detail: [content.detail, resources.detail].filter((text) => text !== "").join("; "),
        findings: content.findings,
      };
    },
  };
}

/** Counting all content can be slow: asked for only where there is no better way. */
async function contentBefore(remover: ImageRemover): Promise<number | undefined> {
  if (remover.tellsDeletedBlobs === true) return undefined;
  try {
    if ((await remover.blobsStillThere([])) !== undefined) return undefined;
    return await remover.contentBytes();
  } catch {
    // Without this figure there is no difference, and the report says so.
    return undefined;
  }
}

async function measureContent(
  account: RunAccount,
  swept: readonly string[],
  inventory: Inventory,
  remover: ImageRemover,
  before: number | undefined,
): Promise<Freed> {
  const deletions = account.applied().filter(({ action }) => action.kind === "delete-image");
  if (deletions.length === 0) return { detail: "", findings: [] };
  const predictedBytes = deletions.reduce((sum, { action }) => sum + action.freesBytes, 0);
  const removed = new Set(deletions.map(({ action }) => action.subject));
  for (const id of account.deletedImages) removed.add(id);
  for (const { action } of account.applied())
    if (action.kind === "prune-build-cache") removed.add(action.subject);
  const candidates = blobsOnlyOf(removed, inventory);
  const sum = (keys: Iterable<string>): number => {
    let bytes = 0;
    for (const key of keys) bytes += inventory.blobs[key] ?? 0;
    return bytes;
  };
  const measuredBy = (detail: string, gone: ReadonlySet<string>): Freed => {
    const bytes = sum(gone);
    const stayed = [...candidates].filter((key) => !gone.has(key));
    const findings = bytes < predictedBytes ? describeStayed(stayed, inventory) : [];
    return { bytes, detail, findings };
  };

  try {
    const told = new Set([...account.deletedBlobs, ...swept]);
    if (remover.tellsDeletedBlobs === true || told.size > 0) {
      return measuredBy("content that the target says went away", told);
    }
    const stillThere = await remover.blobsStillThere([...candidates]);
    if (stillThere !== undefined) {
      const there = new Set(stillThere);
      const gone = new Set([...candidates].filter((key) => !there.has(key)));
      return measuredBy("content that is not there any more", gone);
    }
    const after = before === undefined ? undefined : await remover.contentBytes();
    return measureDifference(before, after);
  } catch (error) {
    return { detail: `content of images not measured: ${messageOf(error)}`, findings: [] };
  }
}

function measureDifference(before: number | undefined, after: number | undefined): Freed {
  if (before === undefined || after === undefined) {
    return { detail: "content of images not measured: the target does not tell", findings: [] };
  }
  if (after > before) {
    return {
      detail: "content of images not measured: the target grew meanwhile",
      findings: [],
    };
  }
  return {
    bytes: before - after,
    detail: "difference of the target's own total; whatever else changed meanwhile is in it",
    findings: [],
  };
}

/** The blobs that only these images and cache records stand on. */
function blobsOnlyOf(ids: ReadonlySet<string>, inventory: Inventory): ReadonlySet<string> {
  const users = [...inventory.images, ...inventory.buildCache];
  const blobs = new Set(users.flatMap((user) => (ids.has(user.id) ? (user.blobs ?? []) : [])));
  for (const user of users) {
    if (!ids.has(user.id)) for (const key of user.blobs ?? []) blobs.delete(key);
  }
  return blobs;
}
