import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { ImageFacts } from "./image-facts.ts";
import { detailTexts, nameText } from "./image-texts.ts";
import type { Action, Plan } from "./plan.ts";
import type { RowTexts } from "./row-texts.ts";

/** Hex SHA-256 of texts one after another. The core computes no hash itself. */
export type Sha256 = (chunks: Iterable<string>) => string;

/** A call of the hash for every line would cost more than hashing it. */
const CHUNK_LENGTH = 2 ** 16;

/**
 * Digest of what decisions are made from: images with names and times by ID, everything that can use them, and the sum of
 * all blob bytes, and what other hosts hold or use where they were asked. The moment the inventory was taken is not part of
 * it. `names`: `nameTexts` of the images.
 */
export function fingerprintInventory(
  inventory: Inventory,
  facts: Pick<ImageFacts, "images" | "idOrder">,
  names: RowTexts,
  totalBytes: number,
  sha256: Sha256,
  foreignUse?: ForeignUse,
): string {
  const texts = inventoryTexts(inventory, facts, names, totalBytes);
  return `sha256:${sha256(foreignUse === undefined ? texts : withForeignUse(texts, foreignUse))}`;
}

function* withForeignUse(texts: Iterable<string>, foreignUse: ForeignUse): Iterable<string> {
  yield* texts;
  yield JSON.stringify(foreignUse);
}

function* inventoryTexts(
  inventory: Inventory,
  { images, idOrder }: Pick<ImageFacts, "images" | "idOrder">,
  names: RowTexts,
  totalBytes: number,
): Iterable<string> {
  const { target, complete, problems, engine } = inventory;
  const held = Object.keys(inventory.heldBlobs).toSorted();
  yield JSON.stringify([target, complete, problems, engine, totalBytes, held]);
  const details = detailTexts(images);
  let text = "";
  for (const position of idOrder.positions) {
    text += names.at(position);
    text += details.at(position);
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  yield text;
  const byText = (records: readonly unknown[]): readonly string[] =>
    records.map((record) => JSON.stringify(record)).toSorted();
  yield* byText(inventory.containers);
  yield* byText(inventory.services);
  yield* byText(inventory.volumes);
  yield* byText(inventory.networks);
  yield* byText(inventory.buildCache);
}

/** `nameText` of the images of a plan where it has been written before. */
export interface WrittenNames {
  /** Of the nth image that goes. */
  ofDeleted(index: number): string;
  /** Of the nth thing that stays; undefined when it is no image. */
  ofKept(index: number): string | undefined;
}

/** Digest of the whole plan but its ID: a plan that was changed by hand does not match its own. */
export function fingerprintPlan(
  plan: Omit<Plan, "id">,
  sha256: Sha256,
  names?: WrittenNames,
): string {
  return `sha256:${sha256(planTexts(plan, names))}`;
}

function* planTexts(plan: Omit<Plan, "id">, names: WrittenNames | undefined): Iterable<string> {
  yield headOf(plan);
  let text = "";
  let deleted = 0;
  for (const action of plan.actions) {
    const { kind, subject, references } = action;
    if (kind === "delete-image") {
      text += names?.ofDeleted(deleted) ?? nameText(subject, references);
      deleted += 1;
    } else {
      text += `${kind}\u0000${nameText(subject, references)}`;
    }
    text += restOf(action);
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  for (const [index, { subject, references, reasons }] of plan.kept.entries()) {
    text += names?.ofKept(index) ?? nameText(subject, references);
    for (const { rule, detail } of reasons) text += `${rule}\u0000${detail}\u0000`;
    text += "\n";
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  yield text;
}

function headOf(plan: Omit<Plan, "id">): string {
  const {
    schema,
    target,
    now,
    asOf,
    policy,
    inventoryDigest,
    askedHosts,
    complete,
    problems,
    accuracy,
    exceeds,
    notes,
    bin,
    totals,
  } = plan;
  return JSON.stringify([
    schema,
    target,
    now,
    ...(asOf === undefined ? [] : [asOf]),
    policy,
    inventoryDigest,
    ...(askedHosts === undefined ? [] : [askedHosts]),
    complete,
    problems,
    accuracy,
    exceeds,
    notes,
    ...(bin === undefined ? [] : [bin]),
    totals,
  ]);
}

function restOf({
  imageId,
  rule,
  reason,
  freesBytes,
  freesDiskBytes,
  wave,
  recovery,
}: Action): string {
  const { way, detail, bytes, layersFrom, otherwise, estimatedMs } = recovery;
  const left = [...(layersFrom ?? []), otherwise, estimatedMs]
    .map((each) => (each === undefined ? "" : `${each} `))
    .join("");
  return `${imageId ?? ""}\u0000${rule}\u0000${reason}\u0000${freesBytes} ${freesDiskBytes ?? ""} ${wave} ${way} ${bytes === undefined ? "" : `${bytes} `}${left}${detail}\n`;
}
