import { describe, expect, test } from "vitest";

import {
  bodyWithVolumes,
  canonicalText,
  containerRequest,
  networkRequest,
} from "./recreate-request.ts";

const ID = "0123456789abcdef".repeat(4);
const INSPECTED = {
  Id: ID,
  Name: "/web",
  Created: "2026-11-01T00:00:00Z",
  Image: `sha256:${"a".repeat(64)}`,
  Config: {
    Hostname: ID.slice(0, 12),
    Image: "app:1",
    Env: ["TOKEN=secret"],
    Labels: { of: "web" },
    MacAddress: "02:42:ac:11:00:02",
  },
  HostConfig: {
    Binds: ["data:/data:ro", "/srv/files:/files"],
    Mounts: [
      { Type: "volume", Source: "named", Target: "/named" },
      { Type: "volume", Target: "/nameless" },
    ],
    NetworkMode: "network-id-1",
    RestartPolicy: { Name: "always" },
  },
  Mounts: [
    { Type: "volume", Name: "data", Destination: "/data", RW: false },
    { Type: "bind", Source: "/srv/files", Destination: "/files", RW: true },
    { Type: "volume", Name: "named", Destination: "/named", RW: true },
    { Type: "volume", Name: "f00d", Destination: "/nameless", RW: true },
    { Type: "volume", Name: "beef", Destination: "/of-image", RW: false },
  ],
  NetworkSettings: {
    Networks: {
      back: { NetworkID: "network-id-2", Aliases: [ID.slice(0, 12), "db"], IPAddress: "10.0.0.2" },
      front: {
        NetworkID: "network-id-1",
        IPAMConfig: { IPv4Address: "10.1.0.9" },
        Gateway: "10.1.0.1",
      },
      bridge: { NetworkID: "network-id-3" },
    },
  },
};

describe("a container", () => {
  const request = containerRequest(INSPECTED, "docker");

  test("is asked for as it was, without what belonged to the one that went", () => {
    expect(request).toMatchObject({
      name: "web",
      imageName: "app:1",
      imageId: INSPECTED.Image,
      body: { Env: ["TOKEN=secret"], Labels: { of: "web" } },
    });
    expect(Object.keys(request.body).toSorted()).toEqual(["Env", "HostConfig", "Labels"]);
    expect(request.body["HostConfig"]).toMatchObject({ RestartPolicy: { Name: "always" } });
  });

  test("keeps a host name that somebody gave it", () => {
    const Config = { ...INSPECTED.Config, Hostname: "frontend" };
    const { body } = containerRequest({ ...INSPECTED, Config }, "docker");
    expect(body["Hostname"]).toBe("frontend");
  });

  test("is attached by name, first to the network that its mode means", () => {
    expect(request.body["HostConfig"]).toMatchObject({ NetworkMode: "front" });
    expect(request.endpoints).toEqual([
      ["front", { IPAMConfig: { IPv4Address: "10.1.0.9" } }],
      ["back", { Aliases: ["db"] }],
    ]);
  });

  test("gets the same volumes, those that nobody had named included", () => {
    expect(request.volumes.filter(({ anonymous }) => anonymous)).toEqual([
      { name: "f00d", path: "/nameless", readOnly: false, anonymous: true },
      { name: "beef", path: "/of-image", readOnly: true, anonymous: true },
    ]);
    expect(bodyWithVolumes(request.body, request.volumes)["HostConfig"]).toMatchObject({
      Binds: ["data:/data:ro", "/srv/files:/files", "beef:/of-image:ro"],
      Mounts: [
        { Type: "volume", Source: "named", Target: "/named" },
        { Type: "volume", Source: "f00d", Target: "/nameless" },
      ],
    });
  });

  test("of several platforms keeps its own", () => {
    const platform = { os: "linux", architecture: "arm", variant: "v7" };
    const inspected = { ...INSPECTED, ImageManifestDescriptor: { platform } };
    expect(containerRequest(inspected, "docker").platform).toBe("linux/arm/v7");
  });

  test.for([
    ["docker", undefined, 2048],
    ["podman", undefined, undefined],
    ["podman", { "io.podman.annotations.pids-limit": "2048" }, 2048],
  ] as const)("a limit of processes on %s, annotated %o, is asked for as %s", (row) => {
    const [product, Annotations, limit] = row;
    const HostConfig = { ...INSPECTED.HostConfig, PidsLimit: 2048, Annotations };
    const { body } = containerRequest({ ...INSPECTED, HostConfig }, product);
    expect((body["HostConfig"] as { PidsLimit?: number }).PidsLimit).toBe(limit);
  });
});

test("a network is asked for without what the engine adds", () => {
  const asked = {
    Name: "front",
    Driver: "bridge",
    IPAM: { Config: [{ Subnet: "10.1.0.0/24" }] },
    Internal: true,
    Labels: { of: "front" },
  };
  const inspected = {
    ...asked,
    Id: "n1",
    Created: "x",
    Containers: {},
    ConfigFrom: { Network: "" },
  };
  expect(networkRequest(inspected)).toEqual(asked);
});

test("requests are alike in whatever order their fields come, and with what is empty", () => {
  const one = { b: [{ y: 1, x: 2 }], a: "text", c: null, d: {}, e: [], f: false, g: "" };
  expect(canonicalText(one)).toBe(canonicalText({ a: "text", b: [{ x: 2, y: 1 }] }));
  expect(canonicalText(one)).not.toBe(canonicalText({ ...one, a: "other" }));
});
