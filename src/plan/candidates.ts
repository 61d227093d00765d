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
  const all: NamedCandidate[] = [];
  if (names.length === 0) all.push(new NamedCandidate(image, uses, dangling, undefined, all));
  for (const name of names) all.push(new NamedCandidate(image, uses, dangling, name, all));
  return all;
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
  readonly #all: readonly NamedCandidate[];
  #name: NameParts | undefined;

  constructor(
    image: Image,
    uses: readonly Use[],
    dangling: boolean,
    text: string | undefined,
    all: readonly NamedCandidate[],
  ) {
    this.image = image;
    this.uses = uses;
    this.dangling = dangling;
    this.#text = text;
    this.#all = all;
  }

  get name(): NameParts | undefined {
    if (this.#text !== undefined) this.#name ??= splitName(this.#text);
    return this.#name;
  }

  get siblings(): readonly Candidate[] {
    const repository = this.name?.full;
    return this.#all.filter(({ name }) => name?.full === repository);
  }
}
