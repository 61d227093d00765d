import type { Image } from "../inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory, type Target } from "../inventory/inventory.ts";
import type { Clock } from "../ports/clock.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import { ManifestFactsReader } from "./manifest-facts.ts";
import { readRepository, type TagMemory } from "./read-repository.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";

export interface RegistryReaderOptions {
  readonly transport: RegistryTransport;
  readonly target: Target;
  /** With none, all that the registry lists. */
  readonly repositories: readonly string[];
  readonly cache: FactsCache;
  readonly now: Clock;
}

/** Reads a registry: one image per digest and repository. */
export function createRegistryReader(options: RegistryReaderOptions): ImageReader {
  return {
    target: options.target,
    observe: (observing) => readRegistry(options, observing),
  };
}

async function readRegistry(
  { transport, target, repositories, cache, now }: RegistryReaderOptions,
  { signal, onProgress }: ObserveOptions,
): Promise<Inventory> {
  const takenAt = new Date(now()).toISOString();
  const client = new RegistryClient(transport, signal);
  const facts = new ManifestFactsReader(client, cache);
  const memory = tagMemory(cache, transport.registry);
  const images: Image[] = [];
  const blobs = new Map<string, number>();
  const problems: string[] = [];
  let tags = 0;
  const listed = repositories.length > 0 ? repositories : client.repositories();
  for await (const repository of listed) {
    const onTag = (): void => onProgress?.({ step: "reading tags", done: (tags += 1) });
    try {
      const content = await readRepository(repository, { client, facts, memory, signal, onTag });
      images.push(...withProblems(content.images, content.problems));
      for (const [digest, sizeBytes] of content.blobs) blobs.set(digest, sizeBytes);
      problems.push(...content.problems);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === "aborted") throw error;
      // A repository that went while it was read is no problem; one that cannot be read is left alone.
      if (error.codes.includes("NAME_UNKNOWN") && repositories.length === 0) continue;
      if (repositories.length === 1) throw error;
      problems.push(`${repository}: ${error.message}`);
    }
  }
  return {
    schema: INVENTORY_SCHEMA,
    target,
    takenAt,
    complete: problems.length === 0,
    problems,
    unread: problems.length === 0 ? [] : ["images"],
    accuracy: { kind: "exact", detail: "once the registry has collected its garbage" },
    images,
    blobs: Object.fromEntries(blobs),
    heldBlobs: {},
    containers: [],
    services: [],
    volumes: [],
    networks: [],
    buildCache: [],
  };
}

/** Where a listing or a look-up failed, nothing of that repository goes. */
function withProblems(images: readonly Image[], problems: readonly string[]): readonly Image[] {
  if (problems.length === 0) return images;
  return images.map((image) => ({ ...image, unreadable: problems.join("; ") }));
}

function tagMemory(cache: FactsCache, registry: string): TagMemory {
  const scope = `registry-tags:1:${registry}`;
  return {
    recall(repository) {
      const text = cache.read(scope, [repository]).get(repository);
      return new Map(text === undefined ? [] : (JSON.parse(text) as [string, string][]));
    },
    remember(repository, tags) {
      cache.write(scope, new Map([[repository, JSON.stringify([...tags])]]));
    },
  };
}
