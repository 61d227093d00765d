import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageRemover, Removal } from "../ports/image-remover.ts";
import { inParallel } from "./in-parallel.ts";
import { splitImageId } from "./read-repository.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import { TagLook } from "./tag-look.ts";
import type { RegistryTransport } from "./transport.ts";

const CONCURRENCY = 8;

/** Deletes manifests by digest, each after a look that its tags are those that the plan knows. */
export function createRegistryRemover(transport: RegistryTransport, clock: Clock): ImageRemover {
  // A deletion that is under way when the user stops is waited for.
  const { signal } = new AbortController();
  const client = new RegistryClient(transport, signal);
  const look = new TagLook(client, clock, signal);
  const { registry } = transport;

  return {
    concurrency: CONCURRENCY,
    async currentImage(id) {
      const { repository, digest } = splitImageId(id);
      if ((await client.headManifest(repository, digest)) === undefined) return undefined;
      const tags = await look.tagsOf(repository, digest);
      return { id, references: tags.map((tag) => `${registry}/${repository}:${tag}`), usedBy: [] };
    },
    async resolveReference(reference) {
      const { repository, tag } = splitTag(reference, registry);
      const head = await client.headManifest(repository, tag);
      return head === undefined || head === "unchanged"
        ? undefined
        : `${repository}@${head.digest}`;
    },
    currentContainer: async () => undefined,
    currentVolume: async () => undefined,
    currentNetwork: async () => undefined,

    async deleteImage(id, references) {
      const { repository, digest } = splitImageId(id);
      return answered(async () => {
        const tags = await look.tagsOf(repository, digest);
        const gained = tags.filter(
          (tag) => !references.includes(`${registry}/${repository}:${tag}`),
        );
        // Deleting the manifest takes every tag on it.
        if (gained.length > 0) return notRemoved("conflict", `it has the tag ${gained.join(", ")}`);
        if ((await client.deleteManifest(repository, digest)) === "gone")
          return notRemoved("gone", "");
        if ((await client.headManifest(repository, digest)) !== undefined)
          return notRemoved(
            "failed",
            "the registry said that it is deleted, and it is still there",
          );
        return { outcome: "removed", detail: "", deletedImages: [id], deletedBlobs: [] };
      });
    },
    async untag(reference, id) {
      const { repository, tag } = splitTag(reference, registry);
      return answered(async () => {
        const head = await client.headManifest(repository, tag);
        if (head === undefined || head === "unchanged") return notRemoved("gone", "");
        if (`${repository}@${head.digest}` !== id)
          return notRemoved("conflict", "it means another image by now");
        const outcome = await client.deleteManifest(repository, tag);
        return outcome === "gone"
          ? notRemoved("gone", "")
          : { outcome: "removed", detail: "", deletedImages: [], deletedBlobs: [] };
      });
    },
    removeContainer: async () => notInARegistry("containers"),
    removeVolume: async () => notInARegistry("volumes"),
    removeNetwork: async () => notInARegistry("networks"),
    removeCacheRecord: async () => notInARegistry("build cache"),

    async stillListed(ids) {
      const there = new Set<Digest>();
      await inParallel(ids, signal, async (id) => {
        const { repository, digest } = splitImageId(id);
        if ((await client.headManifest(repository, digest)) !== undefined) there.add(id);
      });
      return ids.filter((id) => there.has(id));
    },
    sweep: async () => [],
    blobsStillThere: async () => undefined,
    contentBytes: async () => undefined,
  };
}

/** What a registry refuses is an outcome; so is silence, of which nobody knows what became. */
async function answered(ask: () => Promise<Removal>): Promise<Removal> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    switch (error.kind) {
      case "unsupported":
        return notRemoved(
          "refused",
          `the registry does not allow that (HTTP ${error.status}); on distribution set storage.delete.enabled`,
        );
      case "unauthorized":
      case "forbidden":
        return notRemoved("refused", error.detail);
      case "protocol":
        return notRemoved("refused", error.detail);
      case "timed-out":
      case "unreachable":
        return notRemoved("timed-out", error.detail);
      default:
        return notRemoved("failed", error.detail);
    }
  }
}

function splitTag(reference: string, registry: string): { repository: string; tag: string } {
  const name = reference.slice(registry.length + 1);
  const colon = name.lastIndexOf(":");
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
}

function notRemoved(outcome: Exclude<Removal["outcome"], "removed">, detail: string): Removal {
  return { outcome, detail, deletedImages: [], deletedBlobs: [] };
}

function notInARegistry(what: string): Removal {
  return notRemoved("refused", `a registry has no ${what}`);
}
