import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest, successorsOf, type Manifest } from "../oci/manifest.ts";
import { isForeignLayerMediaType } from "../oci/media-type.ts";
import type { ImageRebuilder, Rebuilt, WantedImage } from "../ports/image-rebuilder.ts";
import { splitImageId } from "./image-id.ts";
import { inParallel } from "./in-parallel.ts";
import { keptContent, type KeptContent } from "./kept-content.ts";
import type { ContentPusher, PushedDocument } from "./push-content.ts";
import type { RegistryAccess } from "./registry-access.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

type Access = Pick<RegistryAccess, "registry" | "client" | "pusher">;

/** Puts images back into the repositories that they were removed from, by pushing what is missing of them. */
export function createRegistryRebuilder(access: Access): ImageRebuilder {
  return {
    rebuildImage: (wanted, openKept, signal) =>
      new Rebuilding(access, wanted, keptContent(wanted, openKept), signal).run(),
  };
}

/** One image on its way back: blobs before manifests, manifests before what lists them, names last. */
class Rebuilding {
  readonly #registry: string;
  readonly #repository: string;
  readonly #digest: Digest;
  readonly #wanted: WantedImage;
  readonly #kept: KeptContent;
  readonly #client: RegistryClient;
  readonly #pusher: ContentPusher;
  readonly #signal: AbortSignal;
  /** By digest, once it is known whether the repository has it. */
  readonly #blobs = new Map<Digest, Promise<boolean>>();

  constructor(access: Access, wanted: WantedImage, kept: KeptContent, signal: AbortSignal) {
    const { repository, digest } = splitImageId(wanted.id);
    this.#registry = access.registry;
    this.#repository = repository;
    this.#digest = digest;
    this.#wanted = wanted;
    this.#kept = kept;
    this.#client = access.client(signal);
    this.#pusher = access.pusher(signal);
    this.#signal = signal;
  }

  async run(): Promise<Rebuilt> {
    const wasThere = await this.#hasManifest(this.#digest);
    if (!wasThere) {
      const missing = await this.#push(this.#digest);
      if (missing.length > 0) return { kind: "collected", missing };
    }
    // What was removed with a record of it has records of what is attached to it as well.
    const attached = this.#wanted.document === undefined ? await this.#kept.attached() : [];
    const missing: Digest[] = [];
    for (const digest of attached) missing.push(...(await this.#pushIfMissing(digest)));
    return { kind: wasThere ? "there" : "made", ...(await this.#giveNames()), missing };
  }

  async #hasManifest(digest: Digest): Promise<boolean> {
    return (await this.#client.headManifest(this.#repository, digest)) !== undefined;
  }

  async #pushIfMissing(digest: Digest): Promise<readonly Digest[]> {
    return (await this.#hasManifest(digest)) ? [] : this.#push(digest);
  }

  /** Pushes a manifest with what it stands on; answers what of that is nowhere. */
  async #push(digest: Digest): Promise<readonly Digest[]> {
    const document = await this.#kept.document(digest);
    if (document === undefined) return [digest];
    const manifest = parseManifest(JSON.parse(Buffer.from(document.bytes).toString("utf8")));
    if (manifest.kind === "malformed") throw this.#malformed(digest, manifest.detail);
    const missing = await this.#supply(manifest);
    if (missing.length === 0) await this.#pusher.putManifest(this.#repository, digest, document);
    return missing;
  }

  async #supply(manifest: Manifest): Promise<readonly Digest[]> {
    const missing: Digest[] = [];
    if (manifest.kind === "index") {
      for (const { digest } of manifest.manifests) {
        // What an index listed and the registry never had is no loss.
        const lost = await this.#pushIfMissing(digest);
        const wasThere =
          lost.length > 0 &&
          (this.#wanted.children.includes(digest) || (await this.#kept.has(digest)));
        if (wasThere) missing.push(...lost);
      }
      return missing;
    }
    await inParallel(successorsOf(manifest), this.#signal, async (blob) => {
      if (!(await this.#supplyBlob(blob)) && !mayBeAbsent(blob)) missing.push(blob.digest);
    });
    return missing.toSorted();
  }

  /** Several manifests of an index share blobs. */
  #supplyBlob({ digest }: Descriptor): Promise<boolean> {
    const known = this.#blobs.get(digest);
    if (known !== undefined) return known;
    const answer = this.#findBlob(digest);
    this.#blobs.set(digest, answer);
    return answer;
  }

  async #findBlob(digest: Digest): Promise<boolean> {
    const holds = () => this.#pusher.holdsBlob(this.#repository, digest);
    if (await holds()) return true;
    for (const from of this.#wanted.alsoIn[digest] ?? []) {
      const isMounted = await this.#pusher.mountBlob(this.#repository, digest, from);
      if (isMounted && (await holds())) return true;
    }
    const blob = await this.#kept.blob(digest);
    if (blob === undefined) return false;
    await this.#pusher.uploadBlob(this.#repository, blob);
    return true;
  }

  /** Each after a look: a name that was given to another image meanwhile is not stolen. */
  async #giveNames(): Promise<NamesGiven> {
    const references: string[] = [];
    const given: string[] = [];
    const taken: { reference: string; by: Digest }[] = [];
    const refused: { reference: string; detail: string }[] = [];
    const prefix = `${this.#registry}/${this.#repository}:`;
    for (const reference of this.#wanted.references) {
      if (!reference.startsWith(prefix)) continue;
      const tag = reference.slice(prefix.length);
      const head = await this.#client.headManifest(this.#repository, tag);
      if (head === undefined || head === "unchanged") {
        const detail = await this.#giveName(tag);
        if (detail !== undefined) {
          refused.push({ reference, detail });
          continue;
        }
        given.push(reference);
      } else if (head.digest !== this.#digest) {
        taken.push({ reference, by: `${this.#repository}@${head.digest}` });
        continue;
      }
      references.push(reference);
    }
    return { references, given, taken, refused };
  }

  /** Why the registry does not want it; undefined once it has the name. */
  async #giveName(tag: string): Promise<string | undefined> {
    const document = (await this.#kept.document(this.#digest)) ?? (await this.#fetch());
    try {
      await this.#pusher.putManifest(this.#repository, tag, document);
      return undefined;
    } catch (error) {
      if (!(error instanceof RegistryError) || !isRefusal(error)) throw error;
      return error.detail;
    }
  }

  async #fetch(): Promise<PushedDocument> {
    const fetched = await this.#client.getManifest(this.#repository, this.#digest);
    if (fetched !== undefined) return fetched;
    throw this.#malformed(this.#digest, "it was there just now, and is not any more");
  }

  #malformed(digest: Digest, detail: string): RegistryError {
    return new RegistryError("bad-content", {
      registry: this.#registry,
      request: `${this.#repository}@${digest}`,
      detail,
    });
  }
}

type NamesGiven = Omit<Exclude<Rebuilt, { kind: "collected" }>, "kind" | "missing">;

/** Content that is to be had elsewhere only, or that its manifest carries inside. */
function mayBeAbsent({ hasUrls, embedded, mediaType }: Descriptor): boolean {
  return hasUrls || embedded || isForeignLayerMediaType(mediaType);
}

/** An immutable tag, a name that is not allowed, a right that is lacking: other names may go all the same. */
function isRefusal({ kind, status }: RegistryError): boolean {
  return (
    kind === "forbidden" || kind === "unsupported" || (kind === "protocol" && status !== undefined)
  );
}
