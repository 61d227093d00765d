import { expect, test } from "vitest";
import type { Engine } from "../../inventory/inventory.ts";
import { unpacksZstdLayers } from "./load-content.ts";

test.each<[Engine["product"], string, Engine["imageStore"], boolean]>([
  ["docker", "28.5.2+dfsg4", "graphdriver", true],
  ["docker", "23.0.0", "graphdriver", true],
  ["docker", "20.10.24+dfsg1", "graphdriver", false],
  ["docker", "dev", "graphdriver", false],
  ["docker", "28.5.2", "containerd", false],
  ["podman", "26.0.0", "graphdriver", false],
])("%s %s on %s takes layers as zstd: %s", (product, version, imageStore, expected) => {
  expect(unpacksZstdLayers({ product, version, imageStore })).toBe(expected);
});
