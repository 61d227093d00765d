import { INVENTORY_SCHEMA, type Inventory, type Unread } from "./inventory.ts";
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
  origins: optional(texts),
  createdAt: optional(isTime),
  arrivedAt: optional(isTime),
  pushedAt: optional(isTime),
  lastUsedAt: optional(isTime),
  firstSeenAt: optional(isTime),
  labels,
  platforms: texts,
  sizeBytes: isBytes,
  blobs: texts,
  parent: optional(isText),
  children: optional(texts),
  subject: optional(isText),
  artifactType: optional(isText),
  unreadable: optional(isText),
  locked: optional(isText),
});
const container = shape({
  id: isText,
  name: isText,
  image: isText,
  imageId: isText,
  manifestDigest: optional(isText),
  state: isText,
  createdAt: isText,
  startedAt: optional(isTime),
  finishedAt: optional(isTime),
  labels,
  imageMounts: optional(texts),
  volumes: optional(texts),
  networks: optional(texts),
  sizeBytes: optional(isBytes),
});
const engine = shape({
  product: oneOfTexts("docker", "podman"),
  version: isText,
  apiVersion: isText,
  imageStore: oneOfTexts("graphdriver", "containerd"),
  rootDir: isText,
  engineId: optional(isText),
  disk: optional(shape({ totalBytes: isBytes, freeBytes: isBytes })),
  swarm: optional(shape({ nodeId: isText, isManager: isFlag, managerIds: texts })),
});
const volume = shape({
  name: isText,
  driver: isText,
  anonymous: isFlag,
  createdAt: optional(isTime),
  labels,
  sizeBytes: optional(isBytes),
});
const network = shape({
  id: isText,
  name: isText,
  scope: isText,
  builtIn: isFlag,
  createdAt: optional(isTime),
  labels,
});
const cacheRecord = shape({
  id: isText,
  inUse: isFlag,
  shared: isFlag,
  sizeBytes: isBytes,
  createdAt: optional(isTime),
  lastUsedAt: optional(isTime),
  parents: texts,
  blobs: optional(texts),
});
const PARTS = [
  "images",
  "repositories",
  "containers",
  "services",
  "volumes",
  "networks",
  "build-cache",
] as const;
const inventory = shape({
  target: shape({
    kind: oneOfTexts("engine", "registry", "layout"),
    name: isText,
    address: isText,
  }),
  takenAt: isTime,
  complete: isFlag,
  problems: texts,
  unread: optional(listOf(oneOfTexts(...(PARTS satisfies readonly Unread[])))),
  accuracy: optional(
    shape({ kind: oneOfTexts("exact", "at-least", "up-to"), detail: optional(isText) }),
  ),
  engine: optional(engine),
  images: listOf(image),
  blobs: mapOf(isBytes),
  diskBytes: optional(mapOf(isBytes)),
  heldBlobs: optional(mapOf(isText)),
  containers: listOf(container),
  services: optional(listOf(shape({ id: isText, name: isText, images: texts }))),
  volumes: listOf(volume),
  networks: listOf(network),
  buildCache: listOf(cacheRecord),
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
  const twice = firstRepeated(parsed.images);
  if (twice !== undefined)
    return { kind: "malformed", detail: `images holds ${twice} more than once` };
  return {
    ...parsed,
    unread: unreadParts(parsed),
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

/** Where a container does not say what it mounts or is attached to, it may be any of that. */
function unreadParts({ unread, complete, containers }: Inventory): readonly Unread[] {
  const parts = new Set(unread ?? (complete ? [] : (["images", "containers"] as const)));
  // The first version of the schema had neither field.
  const given: readonly Partial<Inventory["containers"][number]>[] = containers;
  if (given.some(({ volumes }) => volumes === undefined)) parts.add("volumes");
  if (given.some(({ networks }) => networks === undefined)) parts.add("networks");
  return [...parts];
}

function firstRepeated(images: readonly { readonly id: string }[]): string | undefined {
  const seen = new Set<string>();
  for (const { id } of images) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return undefined;
}
