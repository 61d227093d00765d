import { isDigest, type Digest } from "../oci/digest.ts";
import type {
  RegistryFinder,
  RegistryFinding,
  RegistryFindings,
  RegistryPlace,
  RegistryQuery,
} from "../ports/registry-finder.ts";
import { HubSearch } from "./hub-search.ts";
import { inParallel } from "./in-parallel.ts";
import { ManifestFactsReader } from "./manifest-facts.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import type { LookupOptions } from "./registry-lookup.ts";
import { RegistryTransport } from "./transport.ts";

/** Somebody looks at the answer: more than this is asked for by a narrower name. */
const MOST_TAGS = 50;
const MOST_REPOSITORIES = 50;

const HUB = "docker.io";

/** Looks for images by their names, with the credentials of this user; one connection pool for each registry. */
export function createRegistryFinder(options: LookupOptions): RegistryFinder {
  const transports = new Map<string, RegistryTransport>();
  const transportTo = (endpoint: RegistryPlace): RegistryTransport => {
    const known = transports.get(endpoint.host);
    if (known !== undefined) return known;
    const made = new RegistryTransport({ ...options, endpoint, random: Math.random });
    transports.set(endpoint.host, made);
    return made;
  };
  const hub = new HubSearch((host) => transportTo({ host }));
  return {
    async find(place, query, signal) {
      const client = new RegistryClient(transportTo(place), signal);
      const facts = new ManifestFactsReader(client, options.cache);
      const { names, leftOut } = await listNames(client, query, signal);
      const found: RegistryFinding[] = [];
      await inParallel(names, signal, async ([repository, reference]) => {
        const head = await client.headManifest(repository, reference);
        if (head === undefined || head === "unchanged") return;
        const tag = isDigest(reference) ? {} : { tag: reference };
        // Every manifest that is fetched from Docker Hub counts as a pull; its own interface tells the same.
        const described =
          place.host === HUB
            ? await hub.describe(repository, reference, signal)
            : await describe(facts, repository, head.digest);
        found.push({ repository, ...tag, digest: head.digest, ...described });
      });
      return { found, leftOut };
    },
    search: (text, signal) => hub.search(text, signal),
    async close() {
      options.cache.close();
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}

type Description = Pick<RegistryFinding, "platforms" | "createdAt">;

/** An index says nothing of its age: it is that of the first image in it. */
async function describe(
  facts: ManifestFactsReader,
  repository: string,
  digest: Digest,
): Promise<Description> {
  const top = await facts.read(repository, digest);
  if (top === undefined) return { platforms: [] };
  const [first] = top.children;
  const dated =
    top.createdAt === undefined && first !== undefined ? await facts.read(repository, first) : top;
  const { createdAt } = dated ?? {};
  return { platforms: top.platforms, ...(createdAt === undefined ? {} : { createdAt }) };
}

type Names = Pick<RegistryFindings, "leftOut"> & {
  readonly names: readonly (readonly [repository: string, reference: string])[];
};

async function listNames(
  client: RegistryClient,
  { repository, reference }: RegistryQuery,
  signal: AbortSignal,
): Promise<Names> {
  const leftOut: string[] = [];
  const repositories = typeof repository === "string" ? [repository] : [];
  if (typeof repository !== "string") {
    for await (const each of client.repositories()) if (repository(each)) repositories.push(each);
  }
  const looked = repositories.slice(0, MOST_REPOSITORIES);
  if (looked.length < repositories.length)
    leftOut.push(`${repositories.length - looked.length} more repositories of such a name`);
  if (typeof reference === "string")
    return { names: looked.map((each) => [each, reference] as const), leftOut };
  const names: (readonly [string, string])[] = [];
  await inParallel(looked, signal, async (each) => {
    const tags = await tagsOf(client, each, reference);
    // What is dated or numbered comes last in this order, and is what is looked for mostly.
    const latest = tags.toSorted().slice(-MOST_TAGS);
    if (latest.length < tags.length)
      leftOut.push(`${tags.length - latest.length} more tags of ${each}`);
    names.push(...latest.map((tag) => [each, tag] as const));
  });
  return { names, leftOut };
}

/** A repository that does not exist has none. */
async function tagsOf(
  client: RegistryClient,
  repository: string,
  isTag: (tag: string) => boolean,
): Promise<readonly string[]> {
  const tags: string[] = [];
  try {
    for await (const tag of client.tags(repository)) if (isTag(tag)) tags.push(tag);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind !== "not-found") throw error;
  }
  return tags;
}
