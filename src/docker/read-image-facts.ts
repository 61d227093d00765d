import type { Digest } from "../oci/digest.ts";
import { formatPlatform } from "../oci/platform.ts";
import { imagePath } from "./connection/api-path.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { EngineError } from "./engine-error.ts";
import type { FactsBook, ImageFacts } from "./facts-book.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";
import { chainIdsOf } from "./layers/layer-chain.ts";
import { layerDirectoriesOf, type GraphDriverAnswer } from "./layers/layer-directories.ts";
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

/** Images whose facts did not come into the book. */
export interface Unlooked {
  /** Vanished between the list and the look. */
  readonly gone: ReadonlySet<Digest>;
  /** Could not be looked at, and why. */
  readonly unreadable: ReadonlyMap<Digest, string>;
}

/** The images that the book does not know, or knows under other names. */
export function unknownImages(
  book: FactsBook,
  images: readonly ListedImage[],
): readonly ListedImage[] {
  return images.filter((image) => book.images.get(image.id)?.seenAs !== seenAs(image));
}

/** What images are looked at with. */
export interface Looking {
  readonly client: EngineClient;
  readonly signal: AbortSignal;
  readonly imageStore: "graphdriver" | "containerd";
}

/** Looks at each of these images, and enters what it finds into the book. */
export async function lookAtImages(
  { client, signal, imageStore }: Looking,
  book: FactsBook,
  images: readonly ListedImage[],
  onLooked: (done: number, total: number) => void,
): Promise<Unlooked> {
  const gone = new Set<Digest>();
  const unreadable = new Map<Digest, string>();
  let done = 0;
  await eachInParallel(images, { limit: LOOKS_IN_FLIGHT }, async (image) => {
    try {
      const answer = await client.getJson<InspectedImageAnswer>(imagePath(image.id, "/json"), {
        signal,
      });
      const facts = factsOf(answer, seenAs(image), imageStore);
      book.setImage(image.id, facts);
      const directories = layerDirectoriesOf(answer.GraphDriver, facts.chainIds.length);
      facts.chainIds.forEach((chainId, position) => {
        const directory = directories[position];
        if (!book.blobs.has(chainId))
          book.addToBlob(chainId, directory === undefined ? {} : { directory });
      });
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
      if (error.kind === "not-found") gone.add(image.id);
      else unreadable.set(image.id, error.message);
    }
    done += 1;
    onLooked(done, images.length);
  });
  return { gone, unreadable };
}

export function factsOf(
  answer: InspectedImageAnswer,
  seen: string,
  imageStore: Looking["imageStore"],
): ImageFacts {
  const diffIds = answer.RootFS?.Layers ?? [];
  const createdAt = engineTime(answer.Created);
  const taggedAt = engineTime(answer.Metadata?.LastTagTime);
  const { Os: os, Architecture: architecture, Variant: variant } = answer;
  const isKnown =
    os !== undefined && architecture !== undefined && os !== "" && architecture !== "";
  return {
    ...(createdAt === undefined ? {} : { createdAt }),
    platforms: isKnown ? [formatPlatform({ os, architecture, variant: variant ?? "" })] : [],
    chainIds: chainIdsOf(diffIds),
    ...(imageStore === "containerd" ? { diffIds, statedBytes: answer.Size ?? 0 } : {}),
    ...(taggedAt === undefined ? {} : { taggedAt }),
    seenAs: seen,
  };
}

/** Names, and on the containerd store also the present platforms with their bytes: they are unpacked or pulled later. */
export function seenAs(image: ListedImage): string {
  const present = image.manifests.filter((manifest) => manifest.Available);
  const platforms = present.map((manifest) => `${manifest.ID} ${manifest.Size?.Total ?? 0}`);
  return [...image.references, ...image.repoDigests, ...platforms].join(" ");
}
