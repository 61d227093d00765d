import { expect, test } from "vitest";
import { traitsOf, type InfoAnswer } from "./read-engine.ts";

const DOCKER = {
  address: "unix:///run/docker.sock",
  apiVersion: "1.51",
  engine: { product: "docker", version: "28.5.2", apiVersion: "1.51", minApiVersion: "1.24" },
} as const;
const GRAPHDRIVER: InfoAnswer = {
  ID: "id-1",
  Driver: "overlay2",
  DriverStatus: [["Backing Filesystem", "extfs"]],
  DockerRootDir: "/var/lib/docker",
  Architecture: "x86_64",
  Images: 3,
  Swarm: { ControlAvailable: false },
};

test.each([
  { title: "graphdriver", info: GRAPHDRIVER, imageStore: "graphdriver" },
  {
    title: "no status at all",
    info: { ...GRAPHDRIVER, DriverStatus: null },
    imageStore: "graphdriver",
  },
  {
    title: "containerd store",
    info: {
      ...GRAPHDRIVER,
      Driver: "overlayfs",
      DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]],
    },
    imageStore: "containerd",
  },
])("image store of $title", ({ info, imageStore }) => {
  expect(traitsOf(DOCKER, info).engine.imageStore).toBe(imageStore);
});

test.each([
  { title: "no Swarm", swarm: { LocalNodeState: "inactive" }, node: undefined },
  { title: "no word of one", swarm: null, node: undefined },
  {
    title: "a worker",
    swarm: {
      LocalNodeState: "active",
      NodeID: "w",
      ControlAvailable: false,
      RemoteManagers: [{ NodeID: "m2" }, { NodeID: "m1" }],
    },
    node: { nodeId: "w", isManager: false, managerIds: ["m1", "m2"] },
  },
  {
    title: "a manager that is locked, and tells nothing",
    swarm: { LocalNodeState: "locked", NodeID: "", ControlAvailable: false, RemoteManagers: null },
    node: { nodeId: "", isManager: false, managerIds: [] },
  },
])("place in a Swarm: $title", ({ swarm, node }) => {
  expect(traitsOf(DOCKER, { ...GRAPHDRIVER, Swarm: swarm }).engine.swarm).toEqual(node);
});

test("facts are kept apart by engine and data root", () => {
  const scope = (info: InfoAnswer) => traitsOf(DOCKER, info).scope;
  expect(scope(GRAPHDRIVER)).not.toBe(scope({ ...GRAPHDRIVER, ID: "id-2" }));
  expect(scope(GRAPHDRIVER)).not.toBe(scope({ ...GRAPHDRIVER, DockerRootDir: "/data" }));
});

test("Podman makes up an ID for each answer: it has none", () => {
  const podman = { ...DOCKER, engine: { ...DOCKER.engine, product: "podman" as const } };
  const { engine, scope } = traitsOf(podman, GRAPHDRIVER);
  expect(engine.engineId).toBeUndefined();
  expect(scope).toBe("engine:unix:///run/docker.sock:/var/lib/docker");
});

test.each([
  ["unix:///run/docker.sock", true],
  ["tcp://host:2376", false],
  ["ssh://me@host", false],
])("%s is on this machine: %s", (address, isLocal) => {
  expect(traitsOf({ ...DOCKER, address }, GRAPHDRIVER).isLocal).toBe(isLocal);
});

test("where containerd is, without a scheme", () => {
  const containerd = { Address: "unix:///run/c.sock", Namespaces: { Containers: "moby" } };
  expect(traitsOf(DOCKER, { ...GRAPHDRIVER, Containerd: containerd }).containerd).toEqual({
    address: "/run/c.sock",
    namespace: "moby",
  });
  expect(traitsOf(DOCKER, GRAPHDRIVER).containerd).toEqual({
    address: undefined,
    namespace: "moby",
  });
});
