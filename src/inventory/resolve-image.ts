import { contentDigest } from "../oci/digest.ts";
import { formatReference, parseReference, repositoryOf } from "../oci/reference.ts";
import type { Image } from "./image.ts";
import { nearNames } from "./near-names.ts";

/** What a text that a person typed means among the images of a target. */
export type ImageResolution =
  | {
      readonly kind: "found";
      readonly image: Image;
      /** The normalised name it was found by; absent when it was an ID. */
      readonly name?: string;
    }
  /** A short ID that several images begin with, or a digest that several bear. */
  | { readonly kind: "ambiguous"; readonly images: readonly Image[] }
  /** `near` are normalised names that it may have been meant to be, best first. */
  | { readonly kind: "not-found"; readonly near: readonly string[] };

const FULL_ID = /^(?:sha256:)?[a-f0-9]{64}$/;
const SHORT_ID = /^(?:sha256:)?[a-f0-9]{1,63}$/;
/** As tables print an image that has no tag. */
const SHORT_DIGEST_NAME = /^(.+)@(?:sha256:)?([a-f0-9]{12,63})$/;

/**
 * Finds the image by full ID, by name, by `repository@digest`, then by the beginning of its ID. A name goes before a short
 * ID that looks the same, as engines do it. Of a registry's images a name without a registry is that registry's.
 */
export function resolveImage(images: readonly Image[], text: string): ImageResolution {
  if (FULL_ID.test(text))
    return findByDigest(images, withAlgorithm(text)) ?? { kind: "not-found", near: [] };

  const home = homeOf(images);
  const names = home === undefined ? [text] : [text, `${home}/${text}`];
  for (const name of names) {
    const named = findByName(images, name) ?? findByShortDigest(images, name);
    if (named) return named;
  }
  if (SHORT_ID.test(text)) {
    const prefix = withAlgorithm(text);
    const answer = oneOf(images.filter(({ id }) => contentDigest(id).startsWith(prefix)));
    if (answer) return answer;
  }
  return {
    kind: "not-found",
    near: nearNames(
      images.flatMap((image) => image.references),
      text,
    ),
  };
}

function findByName(images: readonly Image[], text: string): ImageResolution | undefined {
  const reference = parseReference(text);
  if ("kind" in reference) return undefined;
  const { digest, tag, ...repository } = reference;
  const repositoryName = formatReference(repository);
  if (digest !== undefined) {
    const name = `${repositoryName}@${digest}`;
    const answer = oneOf(
      images.filter(
        (image) =>
          image.repoDigests.includes(name) ||
          (image.id === digest &&
            image.references.some((each) => repositoryOf(each) === repositoryName)),
      ),
    );
    return answer?.kind === "found" ? { ...answer, name } : answer;
  }
  const name = `${repositoryName}:${tag}`;
  const answer = oneOf(images.filter((image) => image.references.includes(name)));
  return answer?.kind === "found" ? { ...answer, name } : answer;
}

/** The registry whose images these are: there an ID is `repository@digest`. */
function homeOf([first]: readonly Image[]): string | undefined {
  if (first === undefined || !first.id.includes("@")) return undefined;
  const name = first.repoDigests.find((each) => each.endsWith(`/${first.id}`));
  return name?.slice(0, -first.id.length - 1);
}

function findByShortDigest(images: readonly Image[], text: string): ImageResolution | undefined {
  const [, repository = "", digits = ""] = SHORT_DIGEST_NAME.exec(text) ?? [];
  const reference = parseReference(repository);
  if ("kind" in reference) return undefined;
  const { tag: _tag, ...named } = reference;
  const name = `${formatReference(named)}@sha256:${digits}`;
  return oneOf(
    images.filter(({ repoDigests }) => repoDigests.some((each) => each.startsWith(name))),
  );
}

/** An image by its own ID, else by a digest that a registry knows it by. */
function findByDigest(images: readonly Image[], digest: string): ImageResolution | undefined {
  const byId = images.find((image) => image.id === digest);
  if (byId) return { kind: "found", image: byId };
  return oneOf(
    images.filter((image) => image.repoDigests.some((name) => name.endsWith(`@${digest}`))),
  );
}

function oneOf(images: readonly Image[]): ImageResolution | undefined {
  const [first, second] = images;
  if (first === undefined) return undefined;
  return second === undefined ? { kind: "found", image: first } : { kind: "ambiguous", images };
}

function withAlgorithm(text: string): string {
  return text.startsWith("sha256:") ? text : `sha256:${text}`;
}
