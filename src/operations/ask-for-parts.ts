import type { Digest } from "../oci/digest.ts";
import type { BinEntry } from "../ports/recovery-bin.ts";
import type { RegistryAnswer, RegistryLookup } from "../ports/registry-lookup.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";

const CONCURRENCY = 8;

/** A blob that a bin has left to a registry, and whether that has it now. */
export interface PartAnswer {
  readonly repository: string;
  readonly blob: Digest;
  readonly sizeBytes: number;
  /** Of the entries that need it. */
  readonly keys: readonly string[];
  readonly answer: RegistryAnswer;
}

/** Asks for everything that images of a bin need of registries, each blob once. Nobody is asked where there is nothing. */
export async function askForParts(
  entries: readonly BinEntry[],
  openLookup: () => Promise<RegistryLookup>,
  signal: AbortSignal,
): Promise<readonly PartAnswer[]> {
  const needed = new Map<string, Omit<PartAnswer, "answer"> & { readonly keys: string[] }>();
  for (const { key, inRegistry = [] } of entries)
    for (const { repository, blob, sizeBytes } of inRegistry) {
      const name = `${repository}@${blob}`;
      const part = needed.get(name) ?? { repository, blob, sizeBytes, keys: [] };
      part.keys.push(key);
      needed.set(name, part);
    }
  if (needed.size === 0) return [];
  const lookup = await openLookup();
  const answers: PartAnswer[] = [];
  try {
    await eachInParallel([...needed.values()], { limit: CONCURRENCY }, async (part) => {
      const answer = await lookup.askBlob(part.repository, part.blob, signal);
      answers.push({ ...part, answer });
    });
  } finally {
    await lookup.close();
  }
  return answers.toSorted((a, b) => (a.blob < b.blob ? -1 : 1));
}
