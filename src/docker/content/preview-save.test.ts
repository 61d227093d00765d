import { expect, test } from "vitest";
import type { Engine } from "../../inventory/inventory.ts";
import { previewOf } from "./preview-save.ts";

const LOWER = `sha256:${"1".repeat(64)}`;
const UPPER = `sha256:${"2".repeat(64)}`;
const INDEX = { mediaType: "application/vnd.oci.image.index.v1+json" };
const MANIFEST = { mediaType: "application/vnd.oci.image.manifest.v1+json" };

function engine(
  version: string,
  imageStore: Engine["imageStore"] = "graphdriver",
  product: Engine["product"] = "docker",
) {
  const apiVersion = "1.51";
  return {
    engine: { product, version, apiVersion, imageStore, rootDir: "/" },
    architecture: "amd64",
  };
}

test.each<[string, ReturnType<typeof engine>, Parameters<typeof previewOf>[0], RegExp | undefined]>(
  [
    ["layers of its own", engine("28.5.2"), layers(LOWER, UPPER), undefined],
    ["a layer twice", engine("28.5.2+dfsg4"), layers(LOWER, UPPER, LOWER), /same layer twice/],
    ["on the first version that leaks", engine("25.0.0"), layers(LOWER, LOWER), /Docker 25.0.0/],
    ["on the last that does not", engine("24.0.9"), layers(LOWER, LOWER), undefined],
    ["on a version that tells no number", engine("dev"), layers(LOWER, LOWER), undefined],
    ["on Podman", engine("26.0.0", "graphdriver", "podman"), layers(LOWER, LOWER), undefined],
    ["no layer at all", engine("28.5.2"), {}, undefined],
    [
      "on the containerd store",
      engine("28.5.2", "containerd"),
      { ...layers(LOWER, LOWER), Architecture: "amd64", Descriptor: INDEX },
      undefined,
    ],
    [
      "an index without this machine's content",
      engine("28.5.2", "containerd"),
      { Architecture: "arm64", Descriptor: INDEX },
      /for this machine \(amd64\) is not here, only that for arm64/,
    ],
    [
      "another machine's manifest",
      engine("28.5.2", "containerd"),
      { Architecture: "arm64", Descriptor: MANIFEST },
      undefined,
    ],
  ],
)("%s", (_, traits, answer, expected) => {
  const { obstacle, diffIds } = previewOf(answer, traits, () => false);
  if (expected === undefined) expect(obstacle).toBeUndefined();
  else expect(obstacle).toMatch(expected);
  const isPacked = traits.engine.imageStore === "containerd";
  expect(diffIds).toEqual(isPacked ? undefined : (answer.RootFS?.Layers ?? []));
});

test("a layer twice is no obstacle where no save is needed", () => {
  const answer = layers(LOWER, UPPER, LOWER);
  const isStored = (diffIds: readonly string[]): boolean => diffIds.length === 3;
  expect(previewOf(answer, engine("28.5.2"), isStored)).toEqual({
    diffIds: [LOWER, UPPER, LOWER],
  });
});

function layers(...Layers: readonly string[]) {
  return { RootFS: { Layers } };
}
