import { expect, test } from "vitest";
import type { Target } from "../inventory/inventory.ts";
import { targetKey } from "./target-key.ts";

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
