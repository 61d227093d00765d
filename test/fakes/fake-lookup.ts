import type { RegistryLookup } from "../../src/ports/registry-lookup.ts";

/** Registries that have nothing and do not answer, but for what is said of them. */
export function fakeLookup(answers: Partial<RegistryLookup> = {}): RegistryLookup {
  return {
    ask: async () => ({ kind: "unknown", detail: "this test has no registry" }),
    askBlob: async () => ({ kind: "unknown", detail: "this test has no registry" }),
    layersOf: async () => [],
    openBlob(repository, blob) {
      throw new Error(`${repository} does not have ${blob}`);
    },
    resolve: async () => undefined,
    close: async () => {},
    ...answers,
  };
}
