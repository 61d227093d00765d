import type { Image } from "../inventory/image.ts";
import type { Use } from "../inventory/image-use.ts";
import type { Candidate } from "../policy/match.ts";
import { splitName, type NameParts } from "../policy/name-pattern.ts";

/** What rules look at: each name of an image; its names by digest where it has no tag; the image itself where it has neither. */
export function toCandidates(
  image: Image,
  uses: readonly Use[],
  dangling: boolean,
): readonly Candidate[] {
  const names = namesOf(image);
  if (names.length === 0) return [new NamedCandidate(image, uses, dangling, undefined)];
  return names.map((name) => new NamedCandidate(image, uses, dangling, name));
}

/** Its tags; where there are none, the names it has by digest. */
export function namesOf(image: Image): readonly string[] {
  return image.references.length > 0 ? image.references : image.repoDigests;
}

/** Splits its name when a rule asks for it: most rules of most policies do not. */
class NamedCandidate implements Candidate {
  readonly image: Image;
  readonly uses: readonly Use[];
  readonly dangling: boolean;
  readonly #text: string | undefined;
  #name: NameParts | undefined;

  constructor(image: Image, uses: readonly Use[], dangling: boolean, text: string | undefined) {
    this.image = image;
    this.uses = uses;
    this.dangling = dangling;
    this.#text = text;
  }

  get name(): NameParts | undefined {
    if (this.#text !== undefined) this.#name ??= splitName(this.#text);
    return this.#name;
  }
}
