import type { Digest } from "../../oci/digest.ts";
import { familiarName, repositoryOf } from "../../oci/reference.ts";
import type { Removal } from "../../ports/image-remover.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { saysImageIsGone, wantsNamesRemovedFirst } from "../engine-quirks.ts";
import type { ImageLooks, ImageNow } from "./image-looks.ts";
import { splitReference } from "../image-transfer.ts";
import { normaliseId, normaliseNames } from "../read-names.ts";
import { notRemoved, removalOfError, removed, withEarlier } from "./removal.ts";

type DeleteAnswer = readonly { readonly Deleted?: string; readonly Untagged?: string }[] | null;

/** What sets the engines apart when an image goes. */
export interface DeletionTraits {
  /** Names by digest stand in the way of a removal by ID, and can be removed without taking the image along. */
  readonly digestNamesGoAlone: boolean;
  /**
   * The images that there are, to tell them from layers among what the engine says it deleted; undefined where it names
   * images only.
   */
  readonly knownImages: (() => Promise<ReadonlySet<Digest>>) | undefined;
}

/** Removes images and names. Never by force: what uses an image keeps it. */
export class ImageDeletion {
  readonly #client: EngineClient;
  readonly #looks: ImageLooks;
  readonly #traits: DeletionTraits;

  constructor(client: EngineClient, looks: ImageLooks, traits: DeletionTraits) {
    this.#client = client;
    this.#looks = looks;
    this.#traits = traits;
  }

  /** Removes the image by ID, its names one by one before it where the engine insists. */
  async deleteImage(id: Digest, references: readonly string[]): Promise<Removal> {
    try {
      const removal = await this.#deleteById(id);
      return removal === "names-first" ? await this.#deleteNamesFirst(id, references) : removal;
    } catch (error) {
      return removalOfError(error);
    }
  }

  /** Removes one name of an image that has others: with its last name the image would go. */
  async untag(reference: string, id: Digest): Promise<Removal> {
    try {
      const names = await this.#looks.names(id);
      if (names?.references.length === 1 && names.references[0] === reference) {
        return notRemoved("conflict", "it is the last name of its image");
      }
      return await this.#deleteName(reference, id);
    } catch (error) {
      return removalOfError(error);
    }
  }

  async #deleteById(id: Digest): Promise<Removal | "names-first"> {
    try {
      const { removal, untagged } = await this.#delete(id, id);
      if (removal.deletedImages.includes(id)) return removal;
      if (await this.#isThere(id)) {
        // Podman takes the names of an image that others stand on, and calls that success.
        const kept = notRemoved("conflict", "the engine has kept it: another image stands on it");
        return await this.#giveBack(id, untagged, withEarlier(kept, [removal]));
      }
      // Removals at the same moment leave each other's results out of their answers.
      return withEarlier(removed({ deletedImages: [id] }), [removal]);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (wantsNamesRemovedFirst(error)) return "names-first";
      if (!saysImageIsGone(error)) return removalOfError(error);
      return notRemoved((await this.#isThere(id)) ? "failed" : "gone", error.detail);
    }
  }

  async #isThere(id: Digest): Promise<boolean> {
    return (await this.#looks.names(id)) !== undefined;
  }

  async #deleteNamesFirst(id: Digest, references: readonly string[]): Promise<Removal> {
    const now = await this.#looks.look(id);
    if (now === undefined) return notRemoved("gone", "no such image");
    // With several names the engine lets each go, in use or not, and would refuse only the last.
    if (now.usedBy.length > 0)
      return notRemoved("conflict", `it is used by ${now.usedBy.join(", ")}`);
    const stranger = now.references.find((name) => !references.includes(name));
    if (stranger !== undefined)
      return notRemoved("conflict", `it is named ${familiarName(stranger)} as well now`);

    const earlier: Removal[] = [];
    const namesGone: string[] = [];
    for (const name of this.#namesInTheWay(now)) {
      const removal = await this.#deleteName(name, id);
      if (removal.outcome === "removed") {
        earlier.push(removal);
        namesGone.push(name);
      } else if (removal.outcome !== "gone") {
        return this.#giveBack(id, namesGone, withEarlier(removal, earlier));
      }
    }
    const removal = withEarlier(await this.#deleteLastName(id), earlier);
    const stays = removal.outcome !== "removed" && removal.outcome !== "gone";
    // Without an answer nobody knows whether it stays: a name given now could bring back half an image.
    return stays && removal.outcome !== "timed-out"
      ? this.#giveBack(id, namesGone, removal)
      : removal;
  }

  async #deleteLastName(id: Digest): Promise<Removal> {
    const removal = await this.#deleteById(id).catch(removalOfError);
    if (removal !== "names-first") return removal;
    return notRemoved("conflict", "it has a new name, or digests of several repositories name it");
  }

  /** All names but one tag, which goes with the image. Tags first: they can be given back. */
  #namesInTheWay({ references, repoDigests }: ImageNow): string[] {
    const tags = references.slice(0, -1);
    if (!this.#traits.digestNamesGoAlone) return tags;
    const last = references.at(-1) ?? repoDigests.at(-1);
    const staying = last === undefined ? undefined : repositoryOf(last);
    return [...tags, ...repoDigests.filter((name) => repositoryOf(name) !== staying)];
  }

  /** Looks where the name points, and removes it if that is still the image. */
  async #deleteName(name: string, id: Digest): Promise<Removal> {
    try {
      const meant = await this.#looks.resolve(name);
      if (meant === undefined) return notRemoved("gone", "no such name");
      if (meant !== id)
        return notRemoved("conflict", `${familiarName(name)} means another image now`);
      return (await this.#delete(name, id)).removal;
    } catch (error) {
      return removalOfError(error);
    }
  }

  /** An image that stays keeps its names; those by digest cannot be given. */
  async #giveBack(id: Digest, names: readonly string[], removal: Removal): Promise<Removal> {
    const lost: string[] = [];
    for (const name of names) {
      try {
        // A name that means something again is somebody else's.
        if ((await this.#looks.resolve(name)) !== undefined) continue;
        if (name.includes("@")) {
          lost.push(familiarName(name));
          continue;
        }
        await this.#client.request("POST", imagePath(id, "/tag"), { query: splitReference(name) });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        lost.push(familiarName(name));
      }
    }
    if (lost.length === 0) return removal;
    return { ...removal, detail: `${removal.detail}; it has lost the names ${lost.join(", ")}` };
  }

  async #delete(
    name: string,
    id: Digest,
  ): Promise<{ removal: Removal; untagged: readonly string[] }> {
    const knownImages = await this.#traits.knownImages?.();
    const { body } = await this.#client.request("DELETE", imagePath(name));
    const answer = (body ?? []) as NonNullable<DeleteAnswer>;
    const untagged = normaliseNames(
      answer.flatMap(({ Untagged }) => Untagged ?? []),
      [],
    ).references;
    const digests = answer.flatMap(({ Deleted }) => normaliseId(Deleted) ?? []);
    if (knownImages === undefined)
      return { untagged, removal: removed({ deletedImages: digests }) };
    const isImage = (digest: Digest) => digest === id || knownImages.has(digest);
    const deletedImages = digests.filter(isImage);
    const deletedBlobs = digests.filter((digest) => !isImage(digest));
    return { untagged, removal: removed({ deletedImages, deletedBlobs }) };
  }
}
