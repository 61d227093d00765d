import type { Digest } from "../../oci/digest.ts";
import { latestOf } from "../api-fields.ts";
import type { ListedArtifact } from "../vendor.ts";

/** One line of a listing by tag. */
export interface ListedTag {
  readonly name: string;
  readonly digest: Digest;
  readonly pushedAt?: string | undefined;
  readonly pulledAt?: string | undefined;
  readonly locked?: string | undefined;
}

/** Makes one artifact of all tags on the same digest. */
export function groupTags(tags: readonly ListedTag[]): readonly ListedArtifact[] {
  const byDigest = Map.groupBy(tags, ({ digest }) => digest);
  return [...byDigest].map(([digest, own]) => {
    const pushedAt = latestOf(own.map((tag) => tag.pushedAt));
    const pulledAt = latestOf(own.map((tag) => tag.pulledAt));
    const locked = own.find((tag) => tag.locked !== undefined)?.locked;
    return {
      digest,
      tags: own.map(({ name }) => name),
      ...(pushedAt === undefined ? {} : { pushedAt }),
      ...(pulledAt === undefined ? {} : { pulledAt }),
      ...(locked === undefined ? {} : { locked }),
    };
  });
}
