import { expect, onTestFinished, test } from "vitest";

import { artifactRegistry } from "../../../test/fakes/registries/gar.ts";
import { MemoryRegistry } from "../../../test/fakes/registries/memory-registry.ts";
import { ociRoutes } from "../../../test/fakes/registries/oci-routes.ts";
import { serve } from "../../../test/fakes/registries/serve.ts";
import { RegistryClient } from "../registry-client.ts";
import { RegistryTransport } from "../transport.ts";
import { VendorApi } from "../vendor-api.ts";
import { garVendor } from "./gar.ts";

async function open(registry: string, token: string | undefined) {
  const memory = new MemoryRegistry();
  const fake = await serve(artifactRegistry(memory), ociRoutes(memory));
  onTestFinished(() => fake.close());
  const transport = new RegistryTransport({
    endpoint: { host: fake.address },
    findCredentials: async () => undefined,
    clock: Date.now,
    random: Math.random,
    userAgent: "test",
  });
  const { signal } = new AbortController();
  const said: string[] = [];
  const bearer = async () => token;
  const client = new RegistryClient(transport, signal);
  const api = new VendorApi(transport, signal, async () => `Bearer ${token}`);
  const notify = (message: string) => said.push(message);
  return { memory, said, vendor: garVendor({ registry, client, notify, bearer }, api) };
}

const MANIFEST = Buffer.from('{"schemaVersion":2}');

test("its own listing has every page, times and what has no tag, of that image alone", async () => {
  const { memory, vendor, said } = await open("europe-west4-docker.pkg.dev", "ya29");
  const tagged = memory.putManifest("team/images/app/web", "1", MANIFEST, "x");
  const bare = memory.putManifest("team/images/app/web", "sha256:", Buffer.from("{}"), "x");
  memory.putManifest("team/images/other", "1", MANIFEST, "x");
  const listed = await vendor.artifacts?.("team/images/app/web");
  expect(listed?.map(({ digest, tags }) => [digest, tags])).toEqual([
    [tagged, ["1"]],
    [bare, []],
  ]);
  const pushedMs = memory.open("team/images/app/web").manifests.get(tagged)?.pushedMs ?? 0;
  expect(listed?.[0]?.pushedAt).toBe(new Date(pushedMs + 1000).toISOString());
  expect(said).toEqual([]);
});

test.each([
  ["europe-west4-docker.pkg.dev", undefined],
  ["gcr.io", "ya29"],
])("%s with %s: the protocol does, and it is said", async (registry, token) => {
  const { vendor, said } = await open(registry, token);
  expect(await vendor.artifacts?.("team/images/app")).toBeUndefined();
  expect(said).toEqual([expect.stringContaining("listed by the OCI protocol alone")]);
});
