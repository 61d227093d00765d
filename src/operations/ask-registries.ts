import type { Image } from "../inventory/image.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { RegistryQuestions } from "./registry-questions.ts";

/** By image ID, the name by digest under which a registry has all of it now; without those that no registry has or tells of. */
export async function askRegistries(
  images: readonly Image[],
  questions: RegistryQuestions,
  onProgress: (done: number, total: number) => void,
): Promise<ReadonlyMap<string, string>> {
  const names = await questions.askAll(images, findIn, onProgress);
  return new Map([...names].map(([{ id }, name]) => [id, name]));
}

async function findIn(
  lookup: RegistryLookup,
  { id, repoDigests, platforms }: Image,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const repoDigest of repoDigests) {
    const answer = await lookup.ask({ id, repoDigest, platforms }, signal);
    if (answer.kind === "held") return repoDigest;
  }
  return undefined;
}
