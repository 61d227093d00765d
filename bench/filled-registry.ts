import { randomBytes } from "node:crypto";
import { RegistryPusher } from "../test/harness/registry-images.ts";
import type { RunningRegistry } from "../test/harness/registry.ts";
import { addTags } from "./tags-on-disk.ts";

export interface Filling {
  readonly repositories: number;
  readonly digestsEach: number;
  readonly tagsEach: number;
}

const PUSHED_AT_ONCE = 16;

/**
 * Pushes images of one small layer, each with its own configuration, and gives each the same number of tags. Nothing is shared:
 * the real registry now and then loses a blob that is uploaded twice at the same moment.
 */
export async function fillRegistry(
  { url, storageRoot }: RunningRegistry,
  filling: Filling,
): Promise<void> {
  const pusher = new RegistryPusher(url);
  const work = images(filling);
  const lane = async (): Promise<void> => {
    for (const { repository, number } of work) await push(pusher, repository, number);
  };
  await Promise.all(Array.from({ length: PUSHED_AT_ONCE }, lane));
  addTags(storageRoot, "-", filling.tagsEach);
}

function* images({ repositories, digestsEach }: Filling) {
  for (let number = 0; number < digestsEach; number += 1)
    for (let index = 0; index < repositories; index += 1)
      yield { repository: `team-${index % 7}/app-${index}`, number };
}

async function push(pusher: RegistryPusher, repository: string, number: number): Promise<void> {
  const created = new Date(Date.UTC(2026, 0, 1 + number)).toISOString();
  const config = {
    created,
    architecture: "amd64",
    os: "linux",
    noise: randomBytes(16).toString("hex"),
  };
  const layer = await pusher.blob(repository, randomBytes(1000));
  const described = await pusher.blob(repository, Buffer.from(JSON.stringify(config)));
  await pusher.manifest(
    repository,
    { tag: `build-${number}` },
    {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...described },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
    },
  );
}
