import { expect, test } from "vitest";
import type { Target } from "../inventory/inventory.ts";
import { addressOfKey, targetKey } from "./target-key.ts";

const ENGINE: Target = { kind: "engine", name: "local", address: "unix:///run/a.sock" };
const LAYOUT: Target = { kind: "layout", name: "images", address: "/srv/images" };

test.each([
  ["an engine with an identity", ENGINE, "ABCD:EFGH", "engine:ABCD:EFGH"],
  ["an engine without one", ENGINE, undefined, "engine:unix:///run/a.sock"],
  ["an engine with an empty one", ENGINE, "", "engine:unix:///run/a.sock"],
  ["a layout", LAYOUT, undefined, "layout:/srv/images"],
])("%s", (_name, target, engineId, key) => {
  expect(targetKey(target, engineId)).toBe(key);
});

test.each([
  ["registry:registry://host:5000/app", "registry://host:5000/app"],
  ["layout:oci:/images", "oci:/images"],
  ["engine:an-identity", undefined],
  ["engine:unix:///run/podman.sock", undefined],
])("%s is opened by %s", (key, address) => {
  expect(addressOfKey(key)).toBe(address);
});
