import type { Image } from "../inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory, type Target } from "../inventory/inventory.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import { ReferrersLister } from "./list-referrers.ts";
import { ManifestFactsReader } from "./manifest-facts.ts";
import { readRepository } from "./read-repository.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { RegistryError, type RegistryErrorKind } from "./registry-error.ts";
import { tagMemory } from "./repository-memory.ts";
import type { RegistryVendor } from "./vendor.ts";

export interface RegistryReaderOptions {
  readonly access: RegistryAccess;
  readonly target: Target;
  /** With none, all that the registry lists. */
  readonly repositories: readonly string[];
}

/** Reads a registry: one image per digest and repository. */
export function createRegistryReader(options: RegistryReaderOptions): ImageReader {
  return {
    target: options.target,
    observe: (observing) => readRegistry(options, observing),
  };
}

async function readRegistry(
  { access, target, repositories }: RegistryReaderOptions,
  { signal, onProgress }: ObserveOptions,
): Promise<Inventory> {
  const { cache, registry } = access;
  const nowMs = access.clock();
  const takenAt = new Date(nowMs).toISOString();
  const client = access.client(signal);
  const vendor = await access.vendor(signal);
  const facts = new ManifestFactsReader(client, cache);
  const referrers = new ReferrersLister(client, cache, nowMs);
  const memory = tagMemory(cache, registry);
  const parts = { client, vendor, facts, referrers, memory, signal, nowMs };
  const images: Image[] = [];
  const blobs = new Map<string, number>();
  const problems: string[] = [];
  let tags = 0;
  const listed =
    repositories.length > 0
      ? repositories
      : asFarAsListed(listAll(vendor, registry), (problem) => problems.push(problem));
  for await (const repository of listed) {
    const onTag = (): void => onProgress?.({ step: "reading tags", done: (tags += 1) });
    try {
      const content = await readRepository(repository, { ...parts, onTag });
      images.push(...withProblems(content.images, content.problems));
      for (const [digest, sizeBytes] of content.blobs) blobs.set(digest, sizeBytes);
      problems.push(...content.problems);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === "aborted") throw error;
      // A repository that went while it was read is no problem; one that cannot be read is left alone.
      if (error.codes.includes("NAME_UNKNOWN") && repositories.length === 0) continue;
      if (repositories.length === 1) throw error;
      const isOver = ENDS_ALL.has(error.kind);
      const what = isOver ? `${repository} and what follows it` : repository;
      problems.push(`nothing of ${what} is removed: ${error.message}`);
      if (isOver) break;
    }
  }
  return {
    schema: INVENTORY_SCHEMA,
    target,
    takenAt,
    complete: problems.length === 0,
    problems,
    unread: problems.length === 0 ? [] : ["repositories"],
    accuracy:
      problems.length === 0
        ? { kind: "exact", detail: "once the registry has collected its garbage" }
        : { kind: "up-to", detail: "what repositories that could not be read share is not known" },
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

/** What the next repository would meet, too. */
const ENDS_ALL: ReadonlySet<RegistryErrorKind> = new Set(["budget", "unreachable", "tls"]);

const LISTS_NONE: ReadonlySet<RegistryErrorKind> = new Set([
  "unauthorized",
  "forbidden",
  "not-found",
  "unsupported",
]);

/** A registry may keep its list of repositories to itself (Docker Hub, GitHub, most that have users). */
async function* listAll(vendor: RegistryVendor, registry: string): AsyncGenerator<string> {
  try {
    yield* vendor.repositories();
  } catch (error) {
    if (!(error instanceof RegistryError) || !LISTS_NONE.has(error.kind)) throw error;
    const { request, status, codes } = error;
    throw new RegistryError(error.kind, {
      registry,
      ...(request === undefined ? {} : { request }),
      ...(status === undefined ? {} : { status }),
      codes,
      detail: `${error.detail}; it does not list its repositories to this user: name one, registry://${registry}/REPOSITORY`,
      cause: error,
    });
  }
}

/** A list that breaks off tells of those before: the others are not known, and nothing happens to them. */
async function* asFarAsListed(
  listed: AsyncIterable<string>,
  onBroken: (problem: string) => void,
): AsyncGenerator<string> {
  let count = 0;
  try {
    for await (const repository of listed) {
      count += 1;
      yield repository;
    }
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind === "aborted" || count === 0) throw error;
    onBroken(`the list of repositories ends after ${count}: ${error.message}`);
  }
}

/** Where a listing or a look-up failed, nothing of that repository goes. */
function withProblems(images: readonly Image[], problems: readonly string[]): readonly Image[] {
  if (problems.length === 0) return images;
  return images.map((image) => ({ ...image, unreadable: problems.join("; ") }));
}
