import type { Inventory } from "../inventory/inventory.ts";
import type { Image } from "../inventory/image.ts";
import type { Plan } from "./plan.ts";

/** Hex SHA-256 of texts one after another. The core computes no hash itself. */
export type Sha256 = (chunks: Iterable<string>) => string;

/**
 * Digest of what decisions are made from: images with names and times, in the order given (sorted by ID), everything that
 * can use them, and the sum of all blob bytes. The moment the inventory was taken is not part of it.
 */
export function fingerprintInventory(
  inventory: Inventory,
  images: Iterable<Image>,
  totalBytes: number,
  sha256: Sha256,
): string {
  return `sha256:${sha256(inventoryLines(inventory, images, totalBytes))}`;
}

function* inventoryLines(
  inventory: Inventory,
  images: Iterable<Image>,
  totalBytes: number,
): Iterable<string> {
  const { target, complete, problems, engine } = inventory;
  const held = Object.keys(inventory.heldBlobs).toSorted();
  yield JSON.stringify([target, complete, problems, engine, totalBytes, held]);
  for (const {
    id,
    references,
    repoDigests,
    createdAt,
    arrivedAt,
    lastUsedAt,
    firstSeenAt,
    sizeBytes,
    labels,
    parent,
    children,
    subject,
  } of images) {
    const times = `${createdAt ?? ""} ${arrivedAt ?? ""} ${lastUsedAt ?? ""} ${firstSeenAt ?? ""}`;
    const neighbours = `${parent ?? ""} ${children?.join(" ") ?? ""} ${subject ?? ""}`;
    yield `${id} ${sorted(references).join(" ")} ${sorted(repoDigests).join(" ")} ${times} ${sizeBytes} ${neighbours}\n`;
    yield labelsText(labels);
  }
  const byText = (records: readonly unknown[]): readonly string[] =>
    records.map((record) => JSON.stringify(record)).toSorted();
  yield* byText(inventory.containers);
  yield* byText(inventory.services);
  yield* byText(inventory.volumes);
  yield* byText(inventory.networks);
  yield* byText(inventory.buildCache);
}

function labelsText(labels: Image["labels"]): string {
  const keys = Object.keys(labels);
  return keys.length === 0 ? "" : JSON.stringify(keys.toSorted().map((key) => [key, labels[key]]));
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : texts.toSorted();
}

/** Digest of the whole plan but its ID: a plan that was changed by hand does not match its own. */
export function fingerprintPlan(plan: Omit<Plan, "id">, sha256: Sha256): string {
  return `sha256:${sha256(planLines(plan))}`;
}

function* planLines(plan: Omit<Plan, "id">): Iterable<string> {
  const {
    schema,
    target,
    now,
    policy,
    inventoryDigest,
    complete,
    problems,
    accuracy,
    exceeds,
    notes,
    totals,
    asOf,
  } = plan;
  yield JSON.stringify([
    schema,
    target,
    now,
    policy,
    inventoryDigest,
    complete,
    problems,
    accuracy,
    exceeds,
    notes,
    totals,
    ...(asOf === undefined ? [] : [asOf]),
  ]);
  for (const action of plan.actions) {
    const { kind, subject, imageId, rule, reason, freesBytes, freesDiskBytes, wave } = action;
    const { way, detail } = action.recovery;
    const what = `${kind}\u0000${subject}\u0000${action.references.join("\u0000")}\u0001${imageId ?? ""}`;
    yield `${what}\u0000${rule}\u0000${reason}\u0000${freesBytes} ${freesDiskBytes ?? ""} ${wave} ${way} ${detail}\n`;
  }
  for (const { subject, references, reasons } of plan.kept) {
    let line = `${subject} ${references.join(" ")}`;
    for (const { rule, detail } of reasons) line += ` ${rule} ${detail}`;
    yield `${line}\n`;
  }
}
