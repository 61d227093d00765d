import { repositoryOf } from "../oci/reference.ts";
import type { Image } from "../inventory/image.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { askRegistries } from "./ask-registries.ts";
import { RegistryQuestions } from "./registry-questions.ts";

/**
 * Whether an image of a host is to be had again. `nowhere`: it was neither pulled nor pushed, as far as the host tells;
 * `perhaps`: nobody has asked the registry; `held` and `not-held`: it was asked just now.
 */
export type Elsewhere =
  | { readonly kind: "nowhere" }
  | { readonly kind: "perhaps" | "held" | "not-held"; readonly name: string };

/** What the host alone tells. */
export function knownElsewhere({
  repoDigests,
  origins,
}: Pick<Image, "repoDigests" | "origins">): Elsewhere {
  const named = repoDigests.find((each) => origins?.includes(withoutPort(repositoryOf(each))));
  // It came from somewhere, by a name that it has lost; or nobody wrote down from where.
  const name = named ?? (origins?.length === 0 ? undefined : repoDigests[0]);
  return name === undefined ? { kind: "nowhere" } : { kind: "perhaps", name };
}

function withoutPort(repository: string): string {
  return repository.replace(/^([^/]+):\d+\//, "$1/");
}

/** The same, and where there is a name to ask by, the registry's answer. */
export async function askElsewhere(
  image: Image,
  openLookup: () => Promise<RegistryLookup>,
  signal: AbortSignal,
): Promise<Elsewhere> {
  const known = knownElsewhere(image);
  if (known.kind === "nowhere") return known;
  const questions = new RegistryQuestions(openLookup, signal);
  try {
    const name = (await askRegistries([image], questions, () => undefined)).get(image.id);
    return name === undefined ? { kind: "not-held", name: known.name } : { kind: "held", name };
  } finally {
    await questions.close();
  }
}
