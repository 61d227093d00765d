import { expect, test } from "vitest";
import type { FactsCache } from "../ports/facts-cache.ts";
import { detectVendor } from "./detect-vendor.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";

const DAY_MS = 24 * 3600 * 1000;
const { signal } = new AbortController();

function memoryCache(): FactsCache {
  const texts = new Map<string, string>();
  return {
    read: (_scope, keys) =>
      new Map(
        keys.flatMap((key) => {
          const text = texts.get(key);
          return text === undefined ? [] : [[key, text] as const];
        }),
      ),
    write: (_scope, entries) => {
      for (const [key, text] of entries) texts.set(key, text);
    },
    retain: () => undefined,
  };
}

/** Answers every question with the same failure, and counts them. */
function failing(registry: string, kind: RegistryError["kind"]) {
  const asked: string[] = [];
  const transport = {
    registry,
    request({ path }: { readonly path: string }) {
      asked.push(path);
      return Promise.reject(new RegistryError(kind, { registry, detail: "not now" }));
    },
  } as unknown as RegistryTransport;
  return { transport, asked };
}

test.each([
  ["docker.io", "hub"],
  ["ghcr.io", "ghcr"],
  ["quay.io", "quay"],
  ["registry.gitlab.com", "gitlab"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr"],
  ["public.ecr.aws", "ecr"],
  ["europe-docker.pkg.dev", "gar"],
  ["eu.gcr.io", "gar"],
  ["team.azurecr.io", "acr"],
])("%s is %s by its name, and nothing is asked", async (host, vendor) => {
  const { transport, asked } = failing(host, "server");
  expect(await detectVendor(transport, memoryCache(), 0, signal)).toBe(vendor);
  expect(asked).toEqual([]);
});

test.each(["notdocker.io", "ghcr.io.example", "azurecr.io.example"])(
  "%s is none of them",
  async (host) => {
    const { transport } = failing(host, "server");
    expect(await detectVendor(transport, memoryCache(), 0, signal)).toBe("distribution");
  },
);

test("what was not answered is asked again; what does not answer at all is an error", async () => {
  const cache = memoryCache();
  const { transport, asked } = failing("host.example", "server");
  await detectVendor(transport, cache, 0, signal);
  const once = asked.length;
  await detectVendor(transport, cache, DAY_MS / 2, signal);
  expect(asked.length).toBe(2 * once);
  const silent = failing("host.example", "unreachable");
  await expect(detectVendor(silent.transport, cache, 0, signal)).rejects.toMatchObject({
    kind: "unreachable",
  });
});
