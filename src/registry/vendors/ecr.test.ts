import { expect, onTestFinished, test } from "vitest";

import { fakeEcr } from "../../../test/fakes/registries/ecr.ts";
import { MemoryRegistry } from "../../../test/fakes/registries/memory-registry.ts";
import { ociRoutes } from "../../../test/fakes/registries/oci-routes.ts";
import { serve } from "../../../test/fakes/registries/serve.ts";
import { RegistryClient } from "../registry-client.ts";
import { RegistryTransport } from "../transport.ts";
import { EcrApi } from "./ecr-api.ts";
import { ecrPlace, ecrVendor, type EcrPlace } from "./ecr.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const KEYS = { accessKeyId: "AKID", secretAccessKey: "secret" };
const APP = "team/app";

async function open(keys: typeof KEYS | "none" = KEYS) {
  const memory = new MemoryRegistry();
  const { answers, archived } = fakeEcr(memory);
  const fake = await serve(answers, ociRoutes(memory, { deletesTag: true }));
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
  const { account, region = "" }: Partial<EcrPlace> = ecrPlace(REGISTRY) ?? {};
  const credentials = async () => (keys === "none" ? undefined : keys);
  const api = new EcrApi({ transport, account, region, credentials, clock: Date.now, signal });
  const client = new RegistryClient(transport, signal);
  const notify = (message: string) => said.push(message);
  const vendor = ecrVendor({ registry: REGISTRY, client, notify }, api);
  const push = (tag: string, text = `{"n":"${tag}"}`) =>
    memory.putManifest(APP, tag, Buffer.from(text), "x");
  return { memory, archived, vendor, said, push };
}

test.each([
  [REGISTRY, "api.ecr.eu-west-1.amazonaws.com"],
  ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "ecr-fips.us-east-1.amazonaws.com"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "api.ecr.cn-north-1.amazonaws.com.cn"],
  ["public.ecr.aws", undefined],
])("the interface of %s is at %s", (registry, host) => {
  expect(ecrPlace(registry)?.host).toBe(host);
});

test("its own listing has every page, times of pushes and pulls, and what has no tag", async () => {
  const { memory, archived, vendor, push } = await open();
  const [one, two, bare] = [push("1"), push("2"), push("sha256:", "{}")];
  archived.add(push("3"));
  const stored = memory.open(APP).manifests.get(two);
  if (stored === undefined) throw new Error("nothing was pushed");
  stored.pushedMs = Date.parse("2026-01-02T03:04:05.678Z");
  stored.pulledMs = Date.parse("2026-02-03T04:05:06Z");
  const listed = (await vendor.artifacts?.(APP)) ?? [];
  expect(listed.map(({ digest, tags }) => [digest, tags])).toEqual([
    [one, ["1"]],
    [two, ["2"]],
    [bare, []],
  ]);
  expect(listed[1]).toMatchObject({
    pushedAt: "2026-01-02T03:04:05.678Z",
    pulledAt: "2026-02-03T04:05:06.000Z",
  });
  expect(listed[0]).not.toHaveProperty("pulledAt");
  for (const name of ["team/b", "team/c"]) memory.open(name);
  const names: string[] = [];
  for await (const name of vendor.repositories()) names.push(name);
  expect(names).toEqual([APP, "team/b", "team/c"]);
});

test("one tag of two goes; what an index lists is refused; what is gone is gone", async () => {
  const { memory, vendor, push } = await open();
  const child = push("a");
  push("b", '{"n":"a"}');
  expect(await vendor.deleteTag(APP, "a", child)).toBe("deleted");
  expect(memory.tagsOf(APP, child)).toEqual(["b"]);
  push("index", JSON.stringify({ manifests: [{ digest: child }] }));
  await expect(vendor.deleteDigest(APP, child)).rejects.toMatchObject({
    kind: "protocol",
    detail: "ImageReferencedByManifestList",
  });
  expect(await vendor.deleteDigest(APP, `sha256:${"0".repeat(64)}`)).toBe("gone");
});

test.each([
  ["without keys", "none"],
  ["with keys that are refused", { accessKeyId: "OTHER", secretAccessKey: "x" }],
] as const)("%s the protocol does, and it is said", async (_, keys) => {
  const { vendor, said, push } = await open(keys);
  push("1");
  expect(await vendor.artifacts?.(APP)).toBeUndefined();
  expect(said).toEqual([expect.stringContaining("AWS_ACCESS_KEY_ID")]);
});
