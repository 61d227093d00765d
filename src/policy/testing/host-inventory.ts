import type { Image } from "../../inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory } from "../../inventory/inventory.ts";
import type { CacheRecord, Container, Network, Volume } from "../../inventory/resources.ts";
import { formatReference, parseBareReference, parseReference } from "../../oci/reference.ts";
import { parseDuration } from "../duration.ts";
import type { HostWords, ImageWords, When } from "./host-words.ts";
import { idOf } from "./image-word.ts";

const BLOB_BYTES = 1_000_000;
const DEFAULT_AGE = "30d";

/** The inventory that words describe, taken at `now`. Throws where a name is none: who lets people write them checks first. */
export function inventoryOf(host: HostWords, now: string): Inventory {
  const nowMs = Date.parse(now);
  const { target = "engine", targetName = "default", unread = [] } = host;
  const images = entries(host.images).map(([word, words]) => toImage(word, words, nowMs));
  const blobs = images.flatMap((image) => image.blobs.map((key) => [key, BLOB_BYTES] as const));
  return {
    schema: INVENTORY_SCHEMA,
    target: { kind: target, name: targetName, address: targetName },
    takenAt: now,
    complete: unread.length === 0,
    problems: unread.map((part) => `the ${part} could not be read`),
    unread,
    accuracy: { kind: "exact" },
    ...(target === "engine" ? { engine: toEngine(host) } : {}),
    images,
    blobs: { ...Object.fromEntries(blobs), ...host.blobs },
    heldBlobs: host.held ?? {},
    containers: entries(host.containers).map(([name]) => toContainer(name, host, nowMs)),
    services: entries(host.services).map(([name, shown]) => ({
      id: `service-${name}`,
      name,
      images: list(shown),
    })),
    ...toResources(host, nowMs),
  };
}

function toEngine({ store = "graphdriver", disk }: HostWords): NonNullable<Inventory["engine"]> {
  return {
    product: "docker",
    version: "28.5.2",
    apiVersion: "1.51",
    imageStore: store,
    rootDir: "/var/lib/docker",
    ...(disk === undefined ? {} : { disk }),
  };
}

function toImage(word: string, words: ImageWords, nowMs: number): Image {
  const names = list(words.names).map((name) => {
    const [repository = "", digest] = name.split("@");
    return normalised(digest === undefined ? repository : `${repository}@${idOf(digest)}`);
  });
  const { labels = {}, parent, children, subject, unreadable } = words;
  const blobs = words.blobs === undefined ? [word] : list(words.blobs);
  return {
    id: idOf(word),
    references: names.filter((name) => !name.includes("@")).toSorted(),
    repoDigests: names.filter((name) => name.includes("@")).toSorted(),
    ...moment("createdAt", words.created ?? DEFAULT_AGE, nowMs),
    ...moment("arrivedAt", words.arrived, nowMs),
    ...moment("lastUsedAt", words.used, nowMs),
    ...moment("firstSeenAt", words.seen, nowMs),
    labels,
    platforms: list(words.platforms ?? "linux/amd64"),
    sizeBytes: words.sizeBytes ?? blobs.length * BLOB_BYTES,
    blobs,
    ...(parent === undefined ? {} : { parent: idOf(parent) }),
    ...(children === undefined ? {} : { children: list(children).map(idOf) }),
    ...(subject === undefined ? {} : { subject: idOf(subject) }),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

function toContainer(name: string, host: HostWords, nowMs: number): Container {
  const words = host.containers?.[name] ?? {};
  const imageId = words.image === undefined ? "" : idOf(words.image);
  const [shown = imageId] = list(host.images?.[words.image ?? ""]?.names);
  const { manifest, state = "running", labels = {}, sizeBytes } = words;
  return {
    id: `container-${name}`,
    name,
    image: words.shown ?? shown,
    imageId,
    ...(manifest === undefined ? {} : { manifestDigest: idOf(manifest) }),
    state,
    createdAt: at(words.created ?? DEFAULT_AGE, nowMs) ?? "",
    ...moment("startedAt", words.started, nowMs),
    ...moment("finishedAt", words.ended, nowMs),
    labels,
    imageMounts: list(words.mounts),
    volumes: list(words.volumes),
    networks: list(words.networks),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

function toResources(
  host: HostWords,
  nowMs: number,
): Pick<Inventory, "volumes" | "networks" | "buildCache"> {
  return {
    volumes: entries(host.volumes).map(
      ([
        name,
        { named, driver = "local", created = DEFAULT_AGE, labels = {}, sizeBytes },
      ]): Volume => ({
        name,
        driver,
        anonymous: named !== true,
        ...moment("createdAt", created, nowMs),
        labels,
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
      }),
    ),
    networks: entries(host.networks).map(
      ([
        name,
        { created = DEFAULT_AGE, labels = {}, scope = "local", builtIn = false },
      ]): Network => ({
        id: `network-${name}`,
        name,
        driver: "bridge",
        scope,
        builtIn,
        ...moment("createdAt", created, nowMs),
        labels,
      }),
    ),
    buildCache: entries(host.cache).map(
      ([id, { used = DEFAULT_AGE, parents, blobs, ...record }]): CacheRecord => ({
        id,
        type: "regular",
        description: `RUN ${id}`,
        inUse: false,
        shared: false,
        sizeBytes: BLOB_BYTES,
        ...moment("lastUsedAt", used, nowMs),
        parents: list(parents),
        ...(blobs === undefined ? {} : { blobs: list(blobs) }),
        ...record,
      }),
    ),
  };
}

/** The moment that a text stands for; undefined for `-`. */
function at(when: When, nowMs: number): string | undefined {
  if (when === "-") return undefined;
  const ageMs = parseDuration(when);
  return ageMs === undefined ? when : new Date(nowMs - ageMs).toISOString();
}

function moment<Key extends string>(
  key: Key,
  when: When | undefined,
  nowMs: number,
): { [K in Key]?: string } {
  const text = when === undefined ? undefined : at(when, nowMs);
  return (text === undefined ? {} : { [key]: text }) as { [K in Key]?: string };
}

function normalised(name: string): string {
  const reference = name.includes("@") ? parseBareReference(name) : parseReference(name);
  if ("kind" in reference) throw new Error(`${name}: ${reference.detail}`);
  return formatReference(reference);
}

function list(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(" ");
}

function entries<Words>(
  named: Readonly<Record<string, Words>> | undefined,
): readonly (readonly [string, Words])[] {
  return Object.entries(named ?? {});
}
