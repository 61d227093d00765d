import { expect, test } from "vitest";
import { engineCommand } from "./engine-command.ts";

test.each([
  [undefined, "docker"],
  ["docker://", "docker"],
  ["build-box", "docker -c build-box"],
  ["docker://build-box", "docker -c build-box"],
  ["context:build-box", "docker -c build-box"],
  ["unix:///run/user/1000/docker.sock", "docker -H unix:///run/user/1000/docker.sock"],
  ["ssh://me@host", "docker -H ssh://me@host"],
])("of %s: %s", (target, command) => {
  expect(engineCommand({}, target)).toBe(command);
});

test.each([
  ["podman://", "podman"],
  ["unix:///run/podman/podman.sock", "podman --url unix:///run/podman/podman.sock"],
])("of Podman at %s: %s", (target, command) => {
  const engine = {
    product: "podman",
    version: "5.8.6",
    apiVersion: "1.41",
    imageStore: "graphdriver",
    rootDir: "",
  } as const;
  expect(engineCommand({ engine }, target)).toBe(command);
});
