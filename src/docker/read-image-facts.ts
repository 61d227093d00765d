import type { Digest } from "../oci/digest.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { EngineClient } from "./engine-client.ts";
import { EngineError } from "./engine-error.ts";
import { forEachInFlight } from "./in-flight.ts";
import { chainIdsOf } from "./layer-chain.ts";
import { layerDirectoriesOf, type GraphDriverAnswer } from "./layer-directories.ts";
import type { ListedImage } from "./read-image-list.ts";
import { engineTime } from "./read-time.ts";

/** Engines answer no faster with more at once, and others want to use them too. */
export const LOOKS_IN_FLIGHT = 8;

/** `GET /images/{id}/json`, as far as it is read. */
export interface InspectedImageAnswer {
  readonly Created?: string;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Variant?: string;
  readonly Size?: number;
  readonly RootFS?: { readonly Layers?: readonly Digest[] | null };
  readonly Metadata?: { readonly LastTagTime?: string };
  readonly GraphDriver?: GraphDriverAnswer;
}

/** What the list does not tell of an image. All but `taggedAt` never changes for an ID. */
export interface ImageFacts {
  readonly createdAt?: string;
  readonly platform?: string;
  /** Bottom first. */
  readonly chainIds: readonly Digest[];
  /** Where each layer is on the engine's disk (names below the driver's folder); empty where the engine does not tell. */
  readonly directories: readonly string[];
  /** As inspect states it: on the containerd store the compressed content alone. */
  readonly contentBytes: number;
  /**
   * When one of the names was last given, as it was when the set of names was last seen to change. Giving the same name
   * once more is not noticed: the image is then younger than this says.
   */
  readonly taggedAt?: string;
  /** What the facts were read for: another set of names (or of present platforms) means another look. */
  readonly seenAs: string;
}

export interface ReadFacts {
  readonly facts: ReadonlyMap<Digest, ImageFacts>;
  /** Vanished between the list and the look. */
  readonly gone: ReadonlySet<Digest>;
  /** Could not be looked at, and why. */
  readonly unreadable: ReadonlyMap<Digest, string>;
  /** Something was not in the cache. */
  readonly changed: boolean;
}

/** Facts of all images: from the cache where they are known, by one look at each of the others. */
export async function readImageFacts(
  engine: { client: EngineClient; cache: FactsCache; scope: string; signal: AbortSignal },
  images: readonly ListedImage[],
  onLooked: (done: number, total: number) => void,
): Promise<ReadFacts> {
  const { client, cache, signal } = engine;
  const scope = `${engine.scope}/images`;
  const cached = cache.read(
    scope,
    images.map((image) => image.id),
  );
  const facts = new Map<Digest, ImageFacts>();
  const unknown: ListedImage[] = [];
  for (const image of images) {
    const text = cached.get(image.id);
    const known = text === undefined ? undefined : (JSON.parse(text) as ImageFacts);
    if (known?.seenAs === seenAs(image)) facts.set(image.id, known);
    else unknown.push(image);
  }
  const gone = new Set<Digest>();
  const unreadable = new Map<Digest, string>();
  const fresh = new Map<string, string>();
  let done = 0;
  await forEachInFlight(unknown, LOOKS_IN_FLIGHT, async (image) => {
    try {
      const answer = await client.getJson<InspectedImageAnswer>(`/images/${image.id}/json`, {
        signal,
      });
      const read = factsOf(answer, seenAs(image));
      facts.set(image.id, read);
      fresh.set(image.id, JSON.stringify(read));
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
      if (error.kind === "not-found") gone.add(image.id);
      else unreadable.set(image.id, error.message);
    }
    done += 1;
    onLooked(done, unknown.length);
  });
  if (fresh.size > 0) cache.write(scope, fresh);
  return { facts, gone, unreadable, changed: fresh.size > 0 };
}

export function factsOf(answer: InspectedImageAnswer, seen: string): ImageFacts {
  const createdAt = engineTime(answer.Created);
  const taggedAt = engineTime(answer.Metadata?.LastTagTime);
  const { Os: os, Architecture: architecture, Variant: variant } = answer;
  const platform =
    os && architecture ? formatPlatform({ os, architecture, variant: variant ?? "" }) : undefined;
  const chainIds = chainIdsOf(answer.RootFS?.Layers ?? []);
  return {
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(platform === undefined ? {} : { platform }),
    chainIds,
    directories: layerDirectoriesOf(answer.GraphDriver, chainIds.length),
    contentBytes: answer.Size ?? 0,
    ...(taggedAt === undefined ? {} : { taggedAt }),
    seenAs: seen,
  };
}

function seenAs(image: ListedImage): string {
  const present = image.manifests.filter((manifest) => manifest.Available);
  const platforms = present.map((manifest) => `${manifest.ID} ${manifest.Size?.Total ?? 0}`);
  return [...image.references, ...image.repoDigests, ...platforms].join(" ");
}
