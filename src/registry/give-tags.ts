import type { Digest } from "../oci/digest.ts";
import type { Rebuilt } from "../ports/image-rebuilder.ts";
import type { PushedDocument } from "./push-content.ts";
import type { ImagePlace } from "./push-image.ts";
import { RegistryError } from "./registry-error.ts";

type TagsGiven = Omit<Exclude<Rebuilt, { kind: "collected" }>, "kind" | "missing">;

/** Gives a manifest its tags, each after a look: one that was given to another image meanwhile is not stolen. */
export async function giveTags(
  { client, pusher, repository, kept }: ImagePlace,
  digest: Digest,
  wanted: readonly string[],
): Promise<TagsGiven> {
  const references: string[] = [];
  const given: string[] = [];
  const taken: { reference: string; by: Digest }[] = [];
  const refused: { reference: string; detail: string }[] = [];
  const prefix = `${client.registry}/${repository}:`;

  const fetch = async (): Promise<PushedDocument> => {
    const fetched = await client.getManifest(repository, digest);
    if (fetched !== undefined) return fetched;
    throw new RegistryError("not-found", {
      registry: client.registry,
      request: `GET ${repository}@${digest}`,
      detail: "it was there just now, and is not any more",
    });
  };
  /** Why the registry does not want it; undefined once it has the name. */
  const give = async (tag: string): Promise<string | undefined> => {
    const document = (await kept.document(digest)) ?? (await fetch());
    try {
      await pusher.putManifest(repository, tag, document);
      return undefined;
    } catch (error) {
      if (!(error instanceof RegistryError) || !isRefusal(error)) throw error;
      return error.detail;
    }
  };

  for (const reference of wanted) {
    if (!reference.startsWith(prefix)) continue;
    const tag = reference.slice(prefix.length);
    const head = await client.headManifest(repository, tag);
    if (head !== undefined && head !== "unchanged") {
      if (head.digest === digest) references.push(reference);
      else taken.push({ reference, by: `${repository}@${head.digest}` });
      continue;
    }
    const detail = await give(tag);
    if (detail !== undefined) refused.push({ reference, detail });
    else {
      given.push(reference);
      references.push(reference);
    }
  }
  return { references, given, taken, refused };
}

/** An immutable tag, a name that is not allowed, a right that is lacking: other names may go all the same. */
function isRefusal({ kind, status }: RegistryError): boolean {
  return (
    kind === "forbidden" || kind === "unsupported" || (kind === "protocol" && status !== undefined)
  );
}
