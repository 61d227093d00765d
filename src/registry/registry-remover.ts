import type { Digest } from "../oci/digest.ts";
import type { ImageRemover, Removal } from "../ports/image-remover.ts";
import { imageId, splitImageId } from "./image-id.ts";
import { inParallel } from "./in-parallel.ts";
import { ManifestFactsReader } from "./manifest-facts.ts";
import { OneFirst } from "./one-first.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { RegistryError } from "./registry-error.ts";
import { answered, notInARegistry, notRemoved, removed } from "./removal-answers.ts";
import { tagMemory } from "./repository-memory.ts";
import { TagLook, type Standing } from "./tag-look.ts";
import type { RegistryVendor } from "./vendor.ts";

const CONCURRENCY = 8;
/** A look right before the deletion, which the caller has judged, is not taken twice. */
const JUST_NOW_MS = 1_000;

/** What a remover looks at, to be shared with what writes down what goes. */
export function openTagLook(access: RegistryAccess): TagLook {
  const { signal } = new AbortController();
  const client = access.client(signal);
  const facts = new ManifestFactsReader(client, access.cache);
  const memory = tagMemory(access.cache, access.registry);
  return new TagLook(client, facts, memory, access.clock, signal);
}

/** Deletes manifests by digest, each after a look that its tags are those that the plan knows. */
export async function createRegistryRemover(
  access: RegistryAccess,
  look: TagLook,
): Promise<ImageRemover> {
  // A deletion that is under way when the user stops is waited for.
  const { signal } = new AbortController();
  const { registry } = access;
  const vendor = await access.vendor(signal);
  const { deletesDigest, deletesTag, wantsTagsGoneFirst = false } = vendor.can;
  const nameOf = (repository: string, tag: string): string => `${registry}/${repository}:${tag}`;

  /** Where it has to be tried, one tag goes first: whether its image stays is known before another goes. */
  const trials = new OneFirst();
  const answeredAlone = (repository: string, ask: () => Promise<Removal>): Promise<Removal> =>
    deletesTag === "tried" ? trials.run(repository, () => answered(ask)) : answered(ask);

  /** Each after a look that it still means this manifest. */
  const deleteTags = async (
    repository: string,
    digest: Digest,
    tags: readonly string[],
  ): Promise<Removal | undefined> => {
    for (const tag of tags) {
      const meaning = await look.meaningOf(repository, tag);
      if (meaning === undefined) continue;
      if (meaning !== digest) return notRemoved("conflict", `${tag} means another image by now`);
      await vendor.deleteTag(repository, tag, digest);
    }
    return undefined;
  };

  /** Whether there is something to delete: a tag at least, where nothing is deleted by digest. */
  const isThere = async (
    looked: TagLook,
    repository: string,
    digest: Digest,
    { tags }: Pick<Standing, "tags">,
  ): Promise<boolean> =>
    tags.length > 0 || (deletesDigest && (await looked.has(repository, digest)));

  return {
    concurrency: CONCURRENCY,
    async currentImage(id) {
      const { repository, digest } = splitImageId(id);
      const standing = await look.standingOf(repository, digest);
      if (!(await isThere(look, repository, digest, standing))) return undefined;
      const { tags, listedBy } = standing;
      return {
        id,
        references: tags.map((tag) => nameOf(repository, tag)),
        usedBy: listedBy.map((tag) => `the index ${nameOf(repository, tag)}`),
      };
    },
    async resolveReference(reference) {
      const { repository, tag } = splitTag(reference, registry);
      const meaning = await look.meaningOf(repository, tag);
      return meaning === undefined ? undefined : imageId(repository, meaning);
    },
    currentContainer: async () => undefined,
    currentVolume: async () => undefined,
    currentNetwork: async () => undefined,

    async deleteImage(id, references) {
      const { repository, digest } = splitImageId(id);
      return answered(async () => {
        const { tags, listedBy } = await look.standingOf(repository, digest, JUST_NOW_MS);
        const gained = tags.filter((tag) => !references.includes(nameOf(repository, tag)));
        // Deleting the manifest takes every tag on it.
        if (gained.length > 0) return notRemoved("conflict", `it has the tag ${gained.join(", ")}`);
        if (listedBy.length > 0)
          return notRemoved("conflict", `the index ${listedBy.join(", ")} lists it`);
        if (!deletesDigest || wantsTagsGoneFirst) {
          const refused = await deleteTags(repository, digest, tags);
          if (refused !== undefined) return refused;
        }
        const outcome = deletesDigest
          ? await look.deleting(repository, () => vendor.deleteDigest(repository, digest))
          : "deleted";
        await look.forget(repository, digest);
        // Only the protocol is known there; products with an interface of their own say what a deletion takes.
        if (deletesDigest && deletesTag === "tried")
          await look.requireGone(repository, digest, tags);
        return outcome === "gone" ? notRemoved("gone", "") : removed([id]);
      });
    },
    async untag(reference, id) {
      const { repository, tag } = splitTag(reference, registry);
      const { digest } = splitImageId(id);
      if (deletesTag === "no")
        return notRemoved("refused", "the registry takes no single tag away");
      return answeredAlone(repository, async () => {
        const meaning = await look.meaningOf(repository, tag);
        if (meaning === undefined) return notRemoved("gone", "");
        if (imageId(repository, meaning) !== id)
          return notRemoved("conflict", "it means another image by now");
        const outcome = await deleteOneTag(vendor, repository, tag, digest);
        if (typeof outcome !== "string") return outcome;
        if (deletesTag === "tried") await look.requireStill(repository, digest);
        return outcome === "gone" ? notRemoved("gone", "") : removed([]);
      });
    },
    removeContainer: async () => notInARegistry("containers"),
    removeVolume: async () => notInARegistry("volumes"),
    removeNetwork: async () => notInARegistry("networks"),
    removeCacheRecord: async () => notInARegistry("build cache"),

    async stillListed(ids) {
      const there = new Set<Digest>();
      // Nothing that was seen or done before counts.
      const anew = openTagLook(access);
      await inParallel(ids, signal, async (id) => {
        const { repository, digest } = splitImageId(id);
        const standing = deletesDigest ? { tags: [] } : await anew.standingOf(repository, digest);
        if (await isThere(anew, repository, digest, standing)) there.add(id);
      });
      return ids.filter((id) => there.has(id));
    },
    sweep: async () => [],
    blobsStillThere: async () => undefined,
    contentBytes: async () => undefined,
  };
}

/** Whether the protocol's deletion by tag is allowed is found out by trying. */
async function deleteOneTag(
  vendor: RegistryVendor,
  repository: string,
  tag: string,
  digest: Digest,
): Promise<Removal | "deleted" | "gone"> {
  try {
    return await vendor.deleteTag(repository, tag, digest);
  } catch (error) {
    const isRefused =
      vendor.can.deletesTag === "tried" &&
      error instanceof RegistryError &&
      REFUSES.has(error.status ?? 0);
    if (!isRefused) throw error;
    return notRemoved(
      "refused",
      `the registry takes no single tag away (HTTP ${error.status}): the image goes only with all its tags`,
    );
  }
}

/** distribution 2.8 has 400 for it, the specification 400 and 405. */
const REFUSES: ReadonlySet<number> = new Set([400, 405]);

function splitTag(reference: string, registry: string): { repository: string; tag: string } {
  const name = reference.slice(registry.length + 1);
  const colon = name.lastIndexOf(":");
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
}
