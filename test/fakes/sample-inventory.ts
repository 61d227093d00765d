import type { Image } from "../../src/inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory } from "../../src/inventory/inventory.ts";
import type { Container } from "../../src/inventory/resources.ts";

/** The ID of 64 times that hex digit. */
export function imageId(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

export function sampleImage(id: string, image: Partial<Image> = {}): Image {
  return {
    id,
    references: [],
    repoDigests: [],
    labels: {},
    platforms: ["linux/amd64"],
    sizeBytes: 0,
    blobs: [],
    ...image,
  };
}

export function sampleContainer(
  container: Partial<Container> & Pick<Container, "imageId">,
): Container {
  return {
    id: "c".repeat(64),
    name: "web",
    image: container.imageId,
    state: "running",
    createdAt: "2026-11-01T00:00:00Z",
    labels: {},
    imageMounts: [],
    volumes: [],
    networks: [],
    ...container,
  };
}

export function sampleInventory(inventory: Partial<Inventory> = {}): Inventory {
  return {
    schema: INVENTORY_SCHEMA,
    target: { kind: "engine", name: "default", address: "unix:///run/docker.sock" },
    takenAt: "2026-11-21T12:00:00Z",
    complete: true,
    problems: [],
    unread: [],
    accuracy: { kind: "exact" },
    images: [],
    blobs: {},
    heldBlobs: {},
    containers: [],
    services: [],
    volumes: [],
    networks: [],
    buildCache: [],
    ...inventory,
  };
}

const IDS = {
  nginx: imageId("a"),
  app1: imageId("b"),
  app2: imageId("c"),
  build: imageId("d"),
  step: imageId("e"),
  redis: imageId("f"),
} as const;

/**
 * A small host: six images on a base of 100 MB. `nginx` runs, `app2` has a stopped container, `app1` has names in two
 * repositories, `build` is dangling and was built on the unnamed `step`, `redis` was pulled by digest alone.
 */
export const sampleHost = {
  ids: IDS,
  inventory: sampleInventory({
    engine: {
      product: "docker",
      version: "28.5.2",
      apiVersion: "1.51",
      imageStore: "graphdriver",
      rootDir: "/var/lib/docker",
      disk: { totalBytes: 100e9, freeBytes: 38e9 },
    },
    images: [
      sampleImage(IDS.nginx, {
        references: ["docker.io/library/nginx:1.27"],
        createdAt: "2026-10-01T12:00:00Z",
        arrivedAt: "2026-11-01T12:00:00Z",
        lastUsedAt: "2026-11-21T11:00:00Z",
        firstSeenAt: "2026-11-01T12:00:00Z",
        labels: { maintainer: "ops", keep: "yes" },
        sizeBytes: 120e6,
        blobs: ["base", "nginx"],
      }),
      sampleImage(IDS.app1, {
        references: ["docker.io/team/app:1", "registry.example.com:5000/team/app:1"],
        repoDigests: [`docker.io/team/app@${imageId("1")}`],
        createdAt: "2026-11-11T12:00:00Z",
        firstSeenAt: "2026-11-11T12:00:00Z",
        sizeBytes: 105e6,
        blobs: ["base", "app1"],
      }),
      sampleImage(IDS.app2, {
        references: ["docker.io/team/app:2"],
        createdAt: "2026-11-20T12:00:00Z",
        firstSeenAt: "2026-11-20T12:00:00Z",
        sizeBytes: 107e6,
        blobs: ["base", "app2"],
      }),
      sampleImage(IDS.build, {
        createdAt: "2026-11-19T12:00:00Z",
        sizeBytes: 113e6,
        blobs: ["base", "step", "build"],
        parent: IDS.step,
      }),
      sampleImage(IDS.step, {
        createdAt: "2026-11-19T11:59:00Z",
        sizeBytes: 110e6,
        blobs: ["base", "step"],
      }),
      sampleImage(IDS.redis, {
        repoDigests: [`docker.io/library/redis@${imageId("2")}`],
        sizeBytes: 50e6,
        blobs: ["redis"],
      }),
    ],
    blobs: { base: 100e6, nginx: 20e6, app1: 5e6, app2: 7e6, step: 10e6, build: 3e6, redis: 50e6 },
    containers: [
      sampleContainer({ imageId: IDS.nginx, name: "web", volumes: ["data"], sizeBytes: 1e6 }),
      sampleContainer({
        id: "9".repeat(64),
        imageId: IDS.app2,
        name: "job",
        state: "exited",
        finishedAt: "2026-11-20T13:00:00Z",
        sizeBytes: 2e6,
      }),
    ],
    volumes: [
      { name: "data", driver: "local", anonymous: false, labels: {}, sizeBytes: 30e6 },
      { name: "0".repeat(64), driver: "local", anonymous: true, labels: {}, sizeBytes: 4e6 },
    ],
    buildCache: [
      {
        id: "record1",
        type: "regular",
        description: "RUN make",
        inUse: false,
        shared: false,
        sizeBytes: 9e6,
        parents: [],
      },
    ],
  }),
} as const;
