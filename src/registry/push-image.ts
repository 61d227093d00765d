import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest, successorsOf, type Manifest } from "../oci/manifest.ts";
import { isForeignLayerMediaType } from "../oci/media-type.ts";
import type { WantedImage } from "../ports/image-rebuilder.ts";
import { inParallel } from "./in-parallel.ts";
import type { KeptContent } from "./kept-content.ts";
import type { ContentPusher, PushedDocument } from "./push-content.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** Where an image is pushed to, and what there is to push. */
export interface ImagePlace {
  readonly client: RegistryClient;
  readonly pusher: ContentPusher;
  readonly repository: string;
  readonly kept: KeptContent;
  readonly signal: AbortSignal;
}

/** A manifest that was pushed. */
export interface Pushed {
  readonly document: PushedDocument;
  readonly manifest: Manifest;
}

/** Pushes what a repository lacks of one image: blobs before manifests, manifests before what lists them. */
export class ImagePush {
  readonly #place: ImagePlace;
  readonly #wanted: Pick<WantedImage, "children" | "alsoIn">;
  /** By digest, once it is known whether the repository has it: manifests of an index share blobs. */
  readonly #blobs = new Map<Digest, Promise<boolean>>();
  readonly #unlisted: Pushed[] = [];

  constructor(place: ImagePlace, wanted: Pick<WantedImage, "children" | "alsoIn">) {
    this.#place = place;
    this.#wanted = wanted;
  }

  /** What was pushed and has a subject, with which the registry does not list it. */
  get unlisted(): readonly Pushed[] {
    return this.#unlisted;
  }

  async has(digest: Digest): Promise<boolean> {
    const { client, repository } = this.#place;
    return (await client.headManifest(repository, digest)) !== undefined;
  }

  /** Answers what of the manifest, or of what it stands on, is nowhere; then it was not pushed. */
  async pushIfMissing(digest: Digest): Promise<readonly Digest[]> {
    return (await this.has(digest)) ? [] : this.push(digest);
  }

  async push(digest: Digest): Promise<readonly Digest[]> {
    const { kept, pusher, repository } = this.#place;
    const document = await kept.document(digest);
    if (document === undefined) return [digest];
    const manifest = parseManifest(JSON.parse(Buffer.from(document.bytes).toString("utf8")));
    if (manifest.kind === "malformed") throw this.#malformed(digest, manifest.detail);
    const missing = await this.#supply(manifest);
    if (missing.length > 0) return missing;
    const isListed = await pusher.putManifest(repository, digest, document);
    if (manifest.subject !== undefined && !isListed) this.#unlisted.push({ document, manifest });
    return [];
  }

  async #supply(manifest: Manifest): Promise<readonly Digest[]> {
    const missing: Digest[] = [];
    if (manifest.kind === "index") {
      for (const { digest } of manifest.manifests) {
        const lost = await this.pushIfMissing(digest);
        if (lost.length > 0 && (await this.#wasThere(digest))) missing.push(...lost);
      }
      return missing;
    }
    await inParallel(successorsOf(manifest), this.#place.signal, async (blob) => {
      if (!(await this.#supplyBlob(blob)) && !mayBeAbsent(blob)) missing.push(blob.digest);
    });
    return missing.toSorted();
  }

  /** What an index listed and the registry never had is no loss. */
  async #wasThere(child: Digest): Promise<boolean> {
    return this.#wanted.children.includes(child) || (await this.#place.kept.has(child));
  }

  #supplyBlob({ digest }: Descriptor): Promise<boolean> {
    const known = this.#blobs.get(digest);
    if (known !== undefined) return known;
    const answer = this.#findBlob(digest);
    this.#blobs.set(digest, answer);
    return answer;
  }

  async #findBlob(digest: Digest): Promise<boolean> {
    const { pusher, repository, kept } = this.#place;
    if (await pusher.holdsBlob(repository, digest)) return true;
    for (const from of this.#wanted.alsoIn[digest] ?? []) {
      const isMounted = await pusher.mountBlob(repository, digest, from);
      if (isMounted && (await pusher.holdsBlob(repository, digest))) return true;
    }
    const blob = await kept.blob(digest);
    if (blob === undefined) return false;
    await pusher.uploadBlob(repository, blob);
    return true;
  }

  #malformed(digest: Digest, detail: string): RegistryError {
    const { client, repository } = this.#place;
    return new RegistryError("bad-content", {
      registry: client.registry,
      request: `PUT ${repository}@${digest}`,
      detail,
    });
  }
}

/** Content that is to be had elsewhere only, or that its manifest carries inside. */
function mayBeAbsent({ hasUrls, embedded, mediaType }: Descriptor): boolean {
  return hasUrls || embedded || isForeignLayerMediaType(mediaType);
}
