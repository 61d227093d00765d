import { RegistryError, type RegistryErrorKind } from "./registry-error.ts";

/** What will be refused for the next image as well. */
const LASTING: ReadonlySet<RegistryErrorKind> = new Set([
  "unsupported",
  "forbidden",
  "unauthorized",
]);

/** Looks at repositories until that fails: where something could not be learnt, nothing more is done in this run. */
export class RepositoryBreaker {
  readonly #failures = new Map<string, RegistryError>();

  /** Rejects without looking where an earlier look at that repository has failed. */
  async look<T>(repository: string, ask: () => Promise<T>): Promise<T> {
    const before = this.#failures.get(repository);
    if (before !== undefined) throw outOfBounds(repository, before);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RegistryError && error.kind !== "aborted") this.#trip(repository, error);
      throw error;
    }
  }

  /** Carries out what was looked at; a refusal that would be the same for everything else ends that repository, too. */
  async act<T>(repository: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof RegistryError && LASTING.has(error.kind)) this.#trip(repository, error);
      throw error;
    }
  }

  #trip(repository: string, error: RegistryError): void {
    this.#failures.set(repository, this.#failures.get(repository) ?? error);
  }
}

function outOfBounds(repository: string, { kind, registry, detail }: RegistryError): RegistryError {
  return new RegistryError(kind, {
    registry,
    detail: `nothing more is deleted in ${repository} in this run, for this has failed there: ${detail}`,
  });
}
