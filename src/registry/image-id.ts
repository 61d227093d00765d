import type { Digest } from "../oci/digest.ts";

/** An image of a registry is a digest in one repository: the same digest in another is removed by itself. */
export function imageId(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

/** `repository` and `digest` of an image's ID. */
export function splitImageId(id: string): { readonly repository: string; readonly digest: Digest } {
  const at = id.lastIndexOf("@");
  return { repository: id.slice(0, at), digest: id.slice(at + 1) };
}
