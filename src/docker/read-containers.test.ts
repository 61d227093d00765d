import { expect, test } from "vitest";
import { toContainer, type ListedContainerAnswer } from "./read-containers.ts";

const HEX = "ab".repeat(32);
const LISTED: ListedContainerAnswer = {
  Id: "c1",
  Names: ["/web"],
  Image: "nginx:1",
  ImageID: `sha256:${HEX}`,
  State: "running",
  Created: 1795264993,
  Labels: { a: "b" },
  Mounts: [
    { Type: "volume", Name: "data", Source: "/var/lib/docker/volumes/data/_data" },
    { Type: "bind", Source: "/etc" },
    { Type: "image", Name: "tools:1", Source: "/mnt" },
  ],
  NetworkSettings: { Networks: { front: { NetworkID: "n1" }, none: null } },
};
const LOOK = { State: { StartedAt: "2026-11-21T12:00:00Z", FinishedAt: "2026-11-21T13:00:00Z" } };

test("a container with all that it uses", () => {
  expect(toContainer(LISTED, undefined)).toEqual({
    id: "c1",
    name: "web",
    image: "nginx:1",
    imageId: `sha256:${HEX}`,
    state: "running",
    createdAt: "2026-11-21T12:43:13.000Z",
    labels: { a: "b" },
    imageMounts: ["tools:1"],
    volumes: ["data"],
    networks: ["front", "n1", "none"],
  });
});

test.each([
  {
    title: "an ended one",
    state: "exited",
    look: LOOK,
    startedAt: "2026-11-21T12:00:00.000Z",
    finishedAt: "2026-11-21T13:00:00.000Z",
  },
  {
    title: "one that runs again",
    state: "running",
    look: LOOK,
    startedAt: "2026-11-21T12:00:00.000Z",
    finishedAt: undefined,
  },
  {
    title: "one that never ran",
    state: "dead",
    look: { State: { StartedAt: "0001-01-01T00:00:00Z", FinishedAt: "0001-01-01T00:00:00Z" } },
    startedAt: undefined,
    finishedAt: undefined,
  },
  {
    title: "one that could not be looked at",
    state: "exited",
    look: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  },
])("times of $title", ({ state, look, startedAt, finishedAt }) => {
  const container = toContainer({ ...LISTED, State: state }, look);
  expect([container.startedAt, container.finishedAt]).toEqual([startedAt, finishedAt]);
});

test("one that Podman has not cleaned up after has ended", () => {
  expect(toContainer({ ...LISTED, State: "stopped" }, undefined).state).toBe("exited");
});

test("Podman's IDs have no prefix", () => {
  expect(toContainer({ ...LISTED, ImageID: HEX }, undefined).imageId).toBe(`sha256:${HEX}`);
});

test("the platform manifest where the engine tells", () => {
  const digest = `sha256:${"cd".repeat(32)}`;
  expect(
    toContainer({ ...LISTED, ImageManifestDescriptor: { digest } }, undefined).manifestDigest,
  ).toBe(digest);
});
