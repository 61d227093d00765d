import { describe, expect, test } from "vitest";

import { compileReferencePattern, compileRepositoryPattern, splitName } from "./name-pattern.ts";

const HEX = "0123456789abcdef".repeat(4);

describe("a pattern on references", () => {
  test.each([
    ["nginx", "docker.io/library/nginx:1", true],
    ["nginx", "docker.io/library/nginx2:1", false],
    ["nginx:1", "docker.io/library/nginx:1", true],
    ["nginx:1", "docker.io/library/nginx:1.2", false],
    ["nginx:1*", "docker.io/library/nginx:1.2", true],
    ["docker.io/nginx", "docker.io/library/nginx:1", true],
    ["index.docker.io/library/nginx:1", "docker.io/library/nginx:1", true],
    ["library/nginx", "docker.io/library/nginx:1", true],
    ["docker.io/*", "docker.io/library/nginx:1", true],
    ["docker.io/*", "docker.io/team/app:1", false],
    ["docker.io/**", "docker.io/team/app:1", true],
    ["nginx", "quay.io/nginx:1", false],
    ["docker.io/nginx", "quay.io/nginx:1", false],
    ["**/nginx", "quay.io/nginx:1", true],
    ["**/nginx:1", "quay.io/a/nginx:2", false],
    ["alpine:*", "docker.io/library/alpine:3", true],
    ["alpine:*", "docker.io/library/alpine-slim:1", false],
    ["app", "docker.io/library/app2:1", false],
    ["app", "docker.io/team/app:1", false],
    ["team/*", "docker.io/team/app:1", true],
    ["team/*", "docker.io/team/app/sub:1", false],
    ["team/**", "docker.io/team/app/sub:1", true],
    ["host:5000/app:*", "host:5000/app:1", true],
    ["host:5000/app:*", "host:5000/app2:1", false],
    ["host:5000/app:*", "host:5000/app/sub:1", false],
    ["host:5000/app", "host:5000/app:1", true],
    ["host:5000/*", "host:5001/app:1", false],
    ["*:latest", "docker.io/library/app:latest", true],
    ["*:latest", "docker.io/team/app:latest", false],
    ["**:latest", "quay.io/team/app:latest", true],
    ["app", `docker.io/library/app@sha256:${HEX}`, true],
    ["app:*", `docker.io/library/app@sha256:${HEX}`, false],
  ])("%s on %s: %s", (pattern, name, matches) => {
    expect(compileReferencePattern(pattern)(splitName(name))).toBe(matches);
  });
});

describe("a pattern on repositories", () => {
  test.each([
    ["app", "docker.io/library/app:1", true],
    ["app", "quay.io/app:1", true],
    ["docker.io/app", "quay.io/app:1", false],
    ["team/app", "quay.io/team/app:1", true],
    ["quay.io/team/app", "quay.io/team/app:1", true],
    ["quay.io/team/app", "docker.io/team/app:1", false],
    ["team/**", "host:5000/team/a/b:1", true],
    ["app", "docker.io/library/app2:1", false],
    ["app:1", "docker.io/library/app:1", false],
  ])("%s on %s: %s", (pattern, name, matches) => {
    expect(compileRepositoryPattern(pattern)(splitName(name))).toBe(matches);
  });
});

test.each([
  [
    "docker.io/library/nginx:1",
    {
      name: "docker.io/library/nginx:1",
      full: "docker.io/library/nginx",
      registry: "docker.io",
      repository: "library/nginx",
      tag: "1",
    },
  ],
  [
    "host:5000/app",
    { name: "host:5000/app", full: "host:5000/app", registry: "host:5000", repository: "app" },
  ],
  [
    `host:5000/a/b@sha256:${HEX}`,
    { name: "host:5000/a/b", full: "host:5000/a/b", registry: "host:5000", repository: "a/b" },
  ],
])("splitName(%s)", (name, parts) => {
  const { name: whole, full, registry, repository, tag } = splitName(name);
  expect({ name: whole, full, registry, repository, tag }).toEqual({ tag: undefined, ...parts });
});
