import { familiarName, repositoryOf } from "../oci/reference.ts";
import { editDistance } from "./edit-distance.ts";

const LIMIT = 3;

/**
 * Names that a mistyped one may have been meant to be, best first: another tag of that repository, the same last part under
 * another path, then what differs by few letters. Takes normalised names.
 */
export function nearNames(names: readonly string[], text: string): readonly string[] {
  const asked = splitTag(text);
  const ranked: { name: string; rank: number }[] = [];
  for (const name of new Set(names)) {
    const rank = rankOf(splitTag(familiarName(name)), asked);
    if (rank !== undefined) ranked.push({ name, rank });
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, LIMIT)
    .map(({ name }) => name);
}

interface Split {
  readonly repository: string;
  readonly tag: string;
}

function splitTag(name: string): Split {
  const repository = repositoryOf(name);
  return { repository: repository.toLowerCase(), tag: name.slice(repository.length) };
}

/** Lower is nearer; undefined is too far. */
function rankOf(candidate: Split, asked: Split): number | undefined {
  const sameTag = candidate.tag === asked.tag ? 0 : 0.5;
  if (candidate.repository === asked.repository) return sameTag;
  if (lastPart(candidate.repository) === lastPart(asked.repository)) return 1 + sameTag;
  const distance = nearest(candidate.repository, asked.repository);
  if (distance !== undefined) return 1 + distance + sameTag;
  const ofLastPart = nearest(lastPart(candidate.repository), asked.repository);
  return ofLastPart === undefined ? undefined : 3 + ofLastPart + sameTag;
}

/** A short name leaves no room for two mistakes. */
function nearest(candidate: string, asked: string): number | undefined {
  return editDistance(candidate, asked, asked.length < 4 ? 1 : 2);
}

function lastPart(repository: string): string {
  return repository.slice(repository.lastIndexOf("/") + 1);
}
