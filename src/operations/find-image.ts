import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { BinEntry } from "../ports/recovery-bin.ts";
import type { RegistryFinder, RegistryPlace } from "../ports/registry-finder.ts";
import { matchingNames, repositoryIn, type FindQuery } from "./find-query.ts";

/** Where something was looked for. */
export interface Place {
  readonly kind: "bin" | "engine" | "layout" | "registry";
  readonly name: string;
  /** What `--target` takes for it, or `--bin` for a bin; absent for what is used without these flags. */
  readonly flag?: string;
}

/** An image under one name in one place. */
export interface Finding {
  readonly place: Place;
  /** `registry/repository:tag` or `@digest`; absent where it has no name there. */
  readonly reference?: string;
  /** By which the place knows it: in a registry the manifest's, elsewhere the image's ID. */
  readonly digest: Digest;
  /** What registries call it, as far as the place tells. */
  readonly repoDigests: readonly string[];
  /** Empty where it is not known. */
  readonly platforms: readonly string[];
  /** RFC 3339; absent where it is not known. */
  readonly createdAt?: string;
  /** Bin only. */
  readonly removedAt?: string;
  /** Bin only: why it cannot come back. */
  readonly damage?: string;
}

export interface PlaceAnswer {
  readonly found: readonly Finding[];
  /** What was not looked at, a sentence each. */
  readonly leftOut: readonly string[];
}

/** What an engine or a layout has of it. */
export function findInInventory(
  { images }: Pick<Inventory, "images">,
  place: Place,
  query: FindQuery,
): PlaceAnswer {
  const found = images.flatMap((image) =>
    eachName(matchingNames(query, image), (reference): Finding => {
      const { id, repoDigests, platforms, createdAt }: Image = image;
      const created = createdAt === undefined ? {} : { createdAt };
      return { place, ...reference, digest: id, repoDigests, platforms, ...created };
    }),
  );
  return { found, leftOut: [] };
}

export function findInBin(
  entries: readonly BinEntry[],
  place: Place,
  query: FindQuery,
): PlaceAnswer {
  const found = entries.flatMap(({ image, damage }) =>
    eachName(matchingNames(query, image), (reference): Finding => {
      const { id, repoDigests, createdAt, removedAt } = image;
      return {
        place,
        ...reference,
        digest: id,
        repoDigests,
        platforms: [],
        removedAt,
        ...(createdAt === undefined ? {} : { createdAt }),
        ...(damage === undefined ? {} : { damage }),
      };
    }),
  );
  return { found, leftOut: [] };
}

function eachName(
  names: readonly string[] | undefined,
  finding: (reference: { readonly reference?: string }) => Finding,
): readonly Finding[] {
  if (names === undefined) return [];
  return names.length === 0 ? [finding({})] : names.map((reference) => finding({ reference }));
}

/** What a registry has of that name. An ID alone is no name there. */
export async function findInRegistry(
  registry: RegistryPlace,
  { name }: FindQuery,
  finder: RegistryFinder,
  signal: AbortSignal,
): Promise<PlaceAnswer> {
  const { host } = registry;
  const isMeant = name !== undefined && (name.registry ?? host) === host;
  if (!isMeant) return { found: [], leftOut: [] };
  const { digest, tag, isTag = () => true } = name;
  const repository = repositoryIn(name, host);
  if (host === "docker.io" && typeof repository !== "string")
    return { found: [], leftOut: ["Docker Hub lists no repositories: name one in full"] };
  const query = { repository, reference: digest ?? tag ?? isTag };
  return withPlace(registry, await finder.find(registry, query, signal));
}

/** Whether a registry still has what engines or the bin say that it was called there. */
export async function findDigests(
  registry: RegistryPlace,
  repoDigests: readonly string[],
  finder: RegistryFinder,
  signal: AbortSignal,
): Promise<PlaceAnswer> {
  const answers = await Promise.all(
    repoDigests.map(async (name) => {
      const full = repositoryOf(name);
      const repository = full.slice(registry.host.length + 1);
      const reference = name.slice(full.length + 1);
      return withPlace(registry, await finder.find(registry, { repository, reference }, signal));
    }),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    leftOut: answers.flatMap(({ leftOut }) => leftOut),
  };
}

function withPlace(
  { host }: RegistryPlace,
  { found, leftOut }: Awaited<ReturnType<RegistryFinder["find"]>>,
): PlaceAnswer {
  const place: Place = { kind: "registry", name: host };
  return {
    found: found.map(({ repository, tag, ...rest }) => {
      const named = `${host}/${repository}`;
      return {
        place,
        reference: tag === undefined ? `${named}@${rest.digest}` : `${named}:${tag}`,
        repoDigests: [`${named}@${rest.digest}`],
        ...rest,
      };
    }),
    leftOut,
  };
}

/** Names by digest, by registry, that no registry was heard to have yet. */
export function digestsToAsk(found: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const isRegistry = ({ place }: Finding): boolean => place.kind === "registry";
  const known = new Set(found.filter(isRegistry).flatMap(({ repoDigests }) => repoDigests));
  const asked = new Map<string, Set<string>>();
  for (const { repoDigests } of found)
    for (const name of repoDigests) {
      if (known.has(name)) continue;
      const host = name.slice(0, name.indexOf("/"));
      asked.set(host, (asked.get(host) ?? new Set()).add(name));
    }
  return new Map([...asked].map(([host, names]) => [host, [...names].slice(0, MOST_DIGESTS)]));
}

/** Of one registry: an ID that many images begin with is no reason to ask for all of them. */
const MOST_DIGESTS = 20;
