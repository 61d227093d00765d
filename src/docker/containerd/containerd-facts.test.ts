import { expect, test } from "vitest";
import { readContainerdFacts } from "./containerd-facts.ts";
import { ContainerdGraph } from "./containerd-graph.ts";

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const [ARM, ARM_CONFIG, ARM_LAYER, AMD, AMD_CONFIG, AMD_LAYER, INDEX] = "abcdef0"
  .split("")
  .map(digestOf) as [string, string, string, string, string, string, string];

const descriptor = (mediaType: string, digest: string) => ({ mediaType, digest, size: 1 });
const manifest = (config: string, layer: string) => ({
  schemaVersion: 2,
  config: descriptor("application/vnd.oci.image.config.v1+json", config),
  layers: [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
});
const config = (architecture: string) => ({
  os: "linux",
  architecture,
  created: "2026-06-01T00:00:00Z",
  config: { Labels: { keep: architecture } },
});

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  [INDEX]: {
    schemaVersion: 2,
    manifests: [ARM, AMD].map((each) =>
      descriptor("application/vnd.oci.image.manifest.v1+json", each),
    ),
  },
  [ARM]: manifest(ARM_CONFIG, ARM_LAYER),
  [AMD]: manifest(AMD_CONFIG, AMD_LAYER),
  [ARM_CONFIG]: config("arm64"),
  [AMD_CONFIG]: config("amd64"),
};
const ALL = [INDEX, ARM, ARM_CONFIG, ARM_LAYER, AMD, AMD_CONFIG, AMD_LAYER];

function factsWithout(missing: readonly string[], texts: Readonly<Record<string, string>> = {}) {
  const content = ALL.filter((digest) => !missing.includes(digest)).map((digest) => ({
    digest,
    size: 1,
    labels: {},
  }));
  const graph = new ContainerdGraph(content, [], "overlayfs");
  const read = async (digest: string) =>
    new TextEncoder().encode(texts[digest] ?? JSON.stringify(DOCUMENTS[digest]));
  return readContainerdFacts(INDEX, graph, read, "amd64");
}

test.each([
  ["all is there: the own platform speaks", [], ["linux/arm64", "linux/amd64"], "amd64"],
  ["another platform is whole", [AMD_CONFIG], ["linux/arm64"], "arm64"],
  ["the own one lacks a layer", [AMD_LAYER], ["linux/arm64"], "amd64"],
  ["every one lacks a layer: labels still protect", [AMD_LAYER, ARM_LAYER], [], "amd64"],
  ["no configuration is there", [AMD_CONFIG, ARM_CONFIG], [], undefined],
])("%s", async (_title, missing, platforms, labelled) => {
  expect(await factsWithout(missing)).toMatchObject({
    platforms,
    labels: labelled === undefined ? {} : { keep: labelled },
  });
});

test("what is not JSON tells nothing, and is no error", async () => {
  const facts = await factsWithout([], { [AMD_CONFIG]: "#!/bin/sh", [ARM]: "" });
  expect(facts).toMatchObject({ platforms: [], labels: {}, manifests: [AMD] });
});
