import { buildkitBuild, classicBuild, imageId, importBase, tagImage } from "./build-images.ts";
import { storeOf } from "./engine-kinds.ts";
import { randomLayer } from "./image-layer.ts";
import { loadImages } from "./image-tar.ts";
import type { ScenarioStage } from "./mixed-scenario.ts";
import { pullImage, pushImage, removeImage } from "./registry-transfer.ts";
import type { SeededRandom } from "./seeded-random.ts";

const MEGABYTE = 1_000_000;

/** A base, and images on it by the classic builder: parent and child, several names, and one for each container. */
export async function addClassicImages({ engine, random, images }: ScenarioStage): Promise<void> {
  images.base = await importBase(engine, "scenario/base:1", {
    payloadBytes: 6 * MEGABYTE,
    random,
  });
  images.parent = await classicBuild(engine, "scenario/classic:1", {
    dockerfile: `FROM scenario/base:1
ENV STAGE=parent
RUN dd if=/payload of=/copy bs=1000 count=3000
COPY data /data
LABEL role=parent
`,
    files: { data: random.bytes(2 * MEGABYTE) },
  });
  await tagImage(engine, images.parent, "scenario/classic:stable");
  await tagImage(engine, images.parent, "scenario/also:1");
  images.child = await classicBuild(
    engine,
    "scenario/classic:2",
    oneCopyOn("scenario/classic:1", random, 2),
  );
  images.smallFiles = await classicBuild(engine, "scenario/small-files:1", {
    dockerfile: "FROM scenario/base:1\nCOPY tree /tree\n",
    files: Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [
        `tree/${index}`,
        random.bytes(1 + (index % 700)),
      ]),
    ),
  });
  for (const role of ["running", "exited", "created", "mounted"] as const)
    images[role] = await classicBuild(
      engine,
      `scenario/${role}:1`,
      oneCopyOn("scenario/base:1", random, 1),
    );
  // Two tags that are about to move: from an image that a container will use, and from one that nothing uses.
  images.moved = await classicBuild(
    engine,
    "scenario/moving:latest",
    oneCopyOn("scenario/base:1", random, 1),
  );
  images.dangling = await classicBuild(
    engine,
    "scenario/rebuilt:latest",
    oneCopyOn("scenario/base:1", random, 2),
  );
  images.rebuilt = await classicBuild(
    engine,
    "scenario/rebuilt:latest",
    oneCopyOn("scenario/base:1", random, 1),
  );
}

/** Three builds that share their first step; the build cache of all is kept. */
export async function addBuildkitImages(stage: ScenarioStage): Promise<void> {
  const { engine, random, images } = stage;
  if (engine.product === "podman") {
    stage.omitted.push("BuildKit images: Podman has no BuildKit");
    return;
  }
  for (const number of [1, 2, 3] as const)
    images[`buildkit${number}`] = await buildkitBuild(engine, `scenario/buildkit:${number}`, {
      dockerfile: `FROM scenario/base:1
WORKDIR /srv
RUN dd if=/payload of=/srv/shared bs=1000 count=2000
COPY data /srv/data
RUN rm /srv/shared
`,
      files: { data: random.bytes(2 * MEGABYTE) },
      labels: { number: String(number) },
    });
}

/** What comes from elsewhere: images dated at the epoch, undated, for several platforms, and by digest only. */
export async function addForeignImages(stage: ScenarioStage): Promise<void> {
  const { engine, random, images, registry } = stage;
  const layer = () => randomLayer(random, { files: 20, fileBytes: MEGABYTE / 10 });
  const shared = layer();
  await loadImages(engine, [
    {
      references: ["scenario/epoch:1"],
      layers: [shared, layer()],
      created: "1970-01-01T00:00:00Z",
    },
    { references: ["scenario/undated:1"], layers: [shared, layer()] },
    {
      references: ["scenario/by-digest:1"],
      layers: [shared, layer()],
      created: "2026-02-01T00:00:00Z",
    },
  ]);
  images.epoch = await imageId(engine, "scenario/epoch:1");
  images.undated = await imageId(engine, "scenario/undated:1");

  if (registry === undefined) {
    stage.omitted.push("an image by digest only: no registry given");
    await removeImage(engine, "scenario/by-digest:1");
  } else {
    const repository = `${registry.address}/scenario/by-digest`;
    await tagImage(engine, "scenario/by-digest:1", `${repository}:1`);
    const digest = await pushImage(engine, `${repository}:1`);
    await removeImage(engine, "scenario/by-digest:1");
    await removeImage(engine, `${repository}:1`);
    await pullImage(engine, `${repository}@${digest}`);
    images.byDigest = await imageId(engine, `${repository}@${digest}`);
  }

  if (storeOf(engine.kind) !== "containerd") {
    stage.omitted.push("a multi-platform index: only the containerd store keeps one");
    return;
  }
  await loadImages(engine, [
    {
      references: ["scenario/multi:1"],
      layers: [shared, layer()],
      otherPlatforms: { "linux/s390x": [shared, layer()] },
      created: "2026-03-01T00:00:00Z",
    },
  ]);
  images.multiPlatform = await imageId(engine, "scenario/multi:1");
}

/** Build input of one layer of random content, so that no two of them are the same. */
export function oneCopyOn(
  base: string,
  random: SeededRandom,
  megabytes: number,
): { dockerfile: string; files: Record<string, Buffer> } {
  return {
    dockerfile: `FROM ${base}\nCOPY data /data\n`,
    files: { data: random.bytes(megabytes * MEGABYTE) },
  };
}
