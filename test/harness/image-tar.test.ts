import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { randomLayer } from "./image-layer.ts";
import { makeImageTar } from "./image-tar.ts";
import { runCommand } from "./run-command.ts";
import { SeededRandom } from "./seeded-random.ts";

const random = new SeededRandom("image-tar");
const shared = randomLayer(random, { files: 2, fileBytes: 100 });
const own = randomLayer(random, { files: 1, fileBytes: 100 });

async function contentOf(archive: Buffer, name: string): Promise<unknown> {
  const text = await runCommand("tar", ["--extract", "--to-stdout", "--file=-", name], {
    input: archive,
  });
  return JSON.parse(text) as unknown;
}

it("holds each blob once, under its digest, and names the images for both kinds of store", async () => {
  const archive = await buffer(
    makeImageTar([
      { references: ["team/a:1", "team/a:2"], layers: [shared] },
      { references: [], layers: [shared, own] },
    ]),
  );
  const names = (await runCommand("tar", ["--list", "--file=-"], { input: archive }))
    .trim()
    .split("\n");
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain(`blobs/${shared.digest.replace(":", "/")}`);
  // Two layers, two configs, two manifests.
  expect(names.filter((name) => name.startsWith("blobs/"))).toHaveLength(6);
  expect(await contentOf(archive, "manifest.json")).toMatchObject([
    { RepoTags: ["team/a:1", "team/a:2"] },
    { RepoTags: null },
  ]);
  expect(await contentOf(archive, "index.json")).toMatchObject({
    manifests: [
      { annotations: { "io.containerd.image.name": "docker.io/team/a:1" } },
      { annotations: { "io.containerd.image.name": "docker.io/team/a:2" } },
      {},
    ],
  });
});

it("makes an index of an image for several platforms", async () => {
  const archive = await buffer(
    makeImageTar([
      { references: ["host:5000/m:1"], layers: [shared], otherPlatforms: { "linux/s390x": [own] } },
    ]),
  );
  expect(await contentOf(archive, "index.json")).toMatchObject({
    manifests: [
      {
        mediaType: "application/vnd.oci.image.index.v1+json",
        annotations: { "io.containerd.image.name": "host:5000/m:1" },
      },
    ],
  });
});
