import type { Digest } from "../oci/digest.ts";
import type { ImageRebuilder } from "../ports/image-rebuilder.ts";
import { giveTags } from "./give-tags.ts";
import { splitImageId } from "./image-id.ts";
import { keptContent } from "./kept-content.ts";
import { ImagePush, type ImagePlace } from "./push-image.ts";
import { listReferrer } from "./referrers-index.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** Puts images back into the repositories that they were removed from, by pushing what is missing of them; names last. */
export function createRegistryRebuilder(
  access: Pick<RegistryAccess, "client" | "pusher">,
): ImageRebuilder {
  return {
    async rebuildImage(wanted, openKept, signal) {
      const { repository, digest } = splitImageId(wanted.id);
      const place: ImagePlace = {
        client: access.client(signal),
        pusher: access.pusher(signal),
        repository,
        kept: keptContent(wanted, openKept),
        signal,
      };
      const push = new ImagePush(place, wanted);
      const wasThere = await push.has(digest);
      if (!wasThere) {
        const missing = await push.push(digest);
        if (missing.length > 0) return { kind: "collected", missing };
      }
      // What was removed with a record of it has records of what is attached to it as well, and of the tags of that.
      const missing = wanted.document === undefined ? await attach(place, push) : [];
      const named = await giveTags(place, digest, wanted.references);
      return { kind: wasThere ? "there" : "made", ...named, missing };
    },
  };
}

/** What was put into the bin with the image because it is attached to it. */
async function attach(
  { client, pusher, repository, kept }: ImagePlace,
  push: ImagePush,
): Promise<readonly Digest[]> {
  const missing: Digest[] = [];
  for (const digest of await kept.attached()) missing.push(...(await push.pushIfMissing(digest)));
  for (const { document, manifest } of push.unlisted)
    await listReferrer(client, pusher, repository, document, manifest);
  return missing;
}
