import { INVENTORY_SCHEMA, type Inventory } from "./inventory.ts";
import {
  isBytes,
  isFlag,
  isRecord,
  isText,
  isTime,
  listOf,
  mapOf,
  oneOfTexts,
  optional,
  shape,
} from "./parse-json.ts";

/** Why a document is not an inventory that can be used. */
export interface InventoryProblem {
  readonly kind: "not-an-inventory" | "newer-schema" | "malformed";
  readonly detail: string;
}

const texts = listOf(isText);
const labels = mapOf(isText);
const image = shape({
  id: isText,
  references: texts,
  repoDigests: texts,
  createdAt: optional(isTime),
  arrivedAt: optional(isTime),
  lastUsedAt: optional(isTime),
  firstSeenAt: optional(isTime),
  labels,
  platforms: texts,
  sizeBytes: isBytes,
  blobs: texts,
  parent: optional(isText),
  children: optional(texts),
  subject: optional(isText),
  unreadable: optional(isText),
});
const container = shape({
  id: isText,
  name: isText,
  image: isText,
  imageId: isText,
  state: isText,
  createdAt: isText,
  finishedAt: optional(isTime),
  labels,
  imageMounts: optional(texts),
  volumes: optional(texts),
  networks: optional(texts),
});
const inventory = shape({
  target: shape({
    kind: oneOfTexts("engine", "registry", "layout"),
    name: isText,
    address: isText,
  }),
  takenAt: isTime,
  complete: isFlag,
  problems: texts,
  unread: optional(texts),
  accuracy: optional(
    shape({ kind: oneOfTexts("exact", "at-least", "up-to"), detail: optional(isText) }),
  ),
  images: listOf(image),
  blobs: mapOf(isBytes),
  diskBytes: optional(mapOf(isBytes)),
  heldBlobs: optional(mapOf(isText)),
  containers: listOf(container),
  services: optional(listOf(shape({ id: isText, name: isText, images: texts }))),
  volumes: listOf(shape({ name: isText, labels })),
  networks: listOf(shape({ id: isText, name: isText, labels })),
  buildCache: listOf(
    shape({ id: isText, inUse: isFlag, shared: isFlag, sizeBytes: isBytes, parents: texts }),
  ),
});

/**
 * Reads a saved inventory. Fields that the first version of the schema did not have are filled in; when the document does
 * not say what was left unread, an incomplete one counts as not knowing what is in use.
 */
export function parseInventory(document: unknown): Inventory | InventoryProblem {
  if (!isRecord(document) || typeof document["schema"] !== "string") {
    return { kind: "not-an-inventory", detail: "it has no schema field" };
  }
  const schema = document["schema"];
  if (schema !== INVENTORY_SCHEMA) {
    const version = /^plimsoll\.inventory\/(\d+)$/.exec(schema)?.[1];
    return version === undefined
      ? { kind: "not-an-inventory", detail: `its schema is "${schema}", not ${INVENTORY_SCHEMA}` }
      : {
          kind: "newer-schema",
          detail: `its schema is ${schema}; this version reads ${INVENTORY_SCHEMA}`,
        };
  }
  const problem = inventory(document, "");
  if (problem) return { kind: "malformed", detail: `${problem.path} ${problem.detail}` };
  // The checks above are the evidence for this assertion: every field that is read has its type.
  const parsed = document as unknown as Inventory;
  return {
    ...parsed,
    unread: parsed.unread ?? (parsed.complete ? [] : ["images", "containers"]),
    accuracy: parsed.accuracy ?? { kind: "exact" },
    heldBlobs: parsed.heldBlobs ?? {},
    services: parsed.services ?? [],
    containers: parsed.containers.map((each) => ({
      ...each,
      imageMounts: each.imageMounts ?? [],
      volumes: each.volumes ?? [],
      networks: each.networks ?? [],
    })),
  };
}
