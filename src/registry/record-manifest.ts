import { createHash } from "node:crypto";

import type { Describer } from "../ports/removed-record.ts";
import { splitImageId } from "./image-id.ts";
import { mediaTypeOf } from "./media-type-of.ts";
import type { ManifestTexts } from "./manifest-texts.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { RegistryError } from "./registry-error.ts";
import type { TagLook } from "./tag-look.ts";

/** The look right before the removal is not taken twice. */
const JUST_NOW_MS = 1_000;

/**
 * Tells of a manifest what pushing it again takes: its text, byte for byte, its media type, and the tags that mean it at this
 * moment.
 */
export function createRegistryDescriber(
  access: Pick<RegistryAccess, "client">,
  look: Pick<TagLook, "standingOf">,
  texts: Pick<ManifestTexts, "fetch">,
): Describer {
  // What is about to go is written down also when the user stops meanwhile.
  const client = access.client(new AbortController().signal);
  const { registry } = client;
  return {
    async describe(kind, id) {
      if (kind !== "image") return undefined;
      const { repository, digest } = splitImageId(id);
      const text = await texts.fetch(client, repository, digest);
      if (text === undefined) return undefined;
      const algorithm = digest.slice(0, digest.indexOf(":"));
      const found = createHash(algorithm).update(text, "utf8").digest("hex");
      if (digest !== `${algorithm}:${found}`)
        throw new RegistryError("bad-content", {
          registry,
          request: `GET ${repository}@${digest}`,
          detail: "it is no text that could be written down word for word",
        });
      const { tags } = await look.standingOf(repository, digest, JUST_NOW_MS);
      return {
        references: tags.map((tag) => `${registry}/${repository}:${tag}`),
        manifest: { mediaType: mediaTypeOf(text), text },
      };
    },
  };
}
