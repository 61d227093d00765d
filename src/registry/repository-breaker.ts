import { RegistryError } from "./registry-error.ts";

/** Looks at repositories until one fails: where something could not be learnt, nothing more is done in this run. */
export class RepositoryBreaker {
  readonly #failures = new Map<string, RegistryError>();

  /** Rejects without looking where an earlier look at that repository has failed. */
  async look<T>(repository: string, ask: () => Promise<T>): Promise<T> {
    const before = this.#failures.get(repository);
    if (before !== undefined) throw outOfBounds(repository, before);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RegistryError && error.kind !== "aborted")
        this.#failures.set(repository, this.#failures.get(repository) ?? error);
      throw error;
    }
  }
}

function outOfBounds(repository: string, { kind, registry, detail }: RegistryError): RegistryError {
  return new RegistryError(kind, {
    registry,
    detail: `nothing more is deleted in ${repository} in this run, for a look there has failed (${detail})`,
  });
}
