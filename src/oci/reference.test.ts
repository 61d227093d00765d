import { describe, expect, test } from "vitest";

import {
  familiarName,
  formatReference,
  parseBareReference,
  parseReference,
  repositoryOf,
} from "./reference.ts";

const HEX = "0123456789abcdef".repeat(4);
const DIGEST = `sha256:${HEX}`;

function normalised(text: string): string {
  const reference = parseReference(text);
  return "kind" in reference
    ? `${reference.kind}: ${reference.detail}`
    : formatReference(reference);
}

describe("parseReference normalises", () => {
  test.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.27", "docker.io/library/nginx:1.27"],
    ["library/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["index.docker.io/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/library/nginx:1", "docker.io/library/nginx:1"],
    ["team/app", "docker.io/team/app:latest"],
    ["a/b/c/d:x", "docker.io/a/b/c/d:x"],
    ["localhost/app", "localhost/app:latest"],
    ["localhost:5000", "docker.io/library/localhost:5000"],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["host:5000/app:2", "host:5000/app:2"],
    ["quay.io/app", "quay.io/app:latest"],
    ["Host/app", "Host/app:latest"],
    ["[::1]:5000/app:1", "[::1]:5000/app:1"],
    ["10.0.0.1/app", "10.0.0.1/app:latest"],
    ["xn--n3h.com/app", "xn--n3h.com/app:latest"],
    ["a__b/c--d/e.f_g", "docker.io/a__b/c--d/e.f_g:latest"],
    ["app:_1.A-b", "docker.io/library/app:_1.A-b"],
    [`app:${"t".repeat(128)}`, `docker.io/library/app:${"t".repeat(128)}`],
    [`app@${DIGEST}`, `docker.io/library/app@${DIGEST}`],
    [`app:1@${DIGEST}`, `docker.io/library/app:1@${DIGEST}`],
    [`host:5000/app@${DIGEST}`, `host:5000/app@${DIGEST}`],
    [`quay.io/${HEX}`, `quay.io/${HEX}:latest`],
    [`${HEX}:1`, `docker.io/library/${HEX}:1`],
  ])("%s", (text, expected) => {
    expect(normalised(text)).toBe(expected);
    expect(normalised(expected)).toBe(expected);
  });
});

describe("parseReference refuses", () => {
  test.each([
    ["", "the name is empty"],
    [":1", "a part of the repository name is empty"],
    ["app:", '"" is not a tag'],
    ["app:.1", '".1" is not a tag'],
    ["app:-1", '"-1" is not a tag'],
    ["app:a b", '"a b" is not a tag'],
    [`app:${"t".repeat(129)}`, `"${"t".repeat(129)}" is not a tag`],
    ["app:1:2", '"1:2" is not a tag'],
    ["App", "a repository name must be in lower case"],
    ["quay.io/App", "a repository name must be in lower case"],
    ["a..b", '"a..b" is not a part of a repository name'],
    ["a___b", '"a___b" is not a part of a repository name'],
    ["-a", '"-a" is not a part of a repository name'],
    ["a-", '"a-" is not a part of a repository name'],
    ["a//b", "a part of the repository name is empty"],
    ["a/", "a part of the repository name is empty"],
    ["docker.io/", "a part of the repository name is empty"],
    ["/a", "a part of the repository name is empty"],
    ["https://quay.io/app", '"https:" is not a registry host'],
    ["-host.io/app", '"-host.io" is not a registry host'],
    ["host:port/app", '"host:port" is not a registry host'],
    ["app@", '"" is not a digest'],
    ["app@sha256:abc", '"sha256:abc" is not a digest'],
    [`app@${DIGEST}@${DIGEST}`, `"${DIGEST}@${DIGEST}" is not a digest`],
    [HEX, "64 hex digits are an image ID, not a repository"],
    [`quay.io/${"a".repeat(248)}`, "the name is longer than 255 characters"],
    ["app\n", '"app\n" is not a part of a repository name'],
  ])("%j", (text, detail) => {
    expect(parseReference(text)).toEqual({ kind: "invalid-reference", text, detail });
  });
});

test.each([
  ["nginx", "docker.io/library/nginx"],
  ["nginx:1", "docker.io/library/nginx:1"],
])("parseBareReference(%j) adds no tag", (text, expected) => {
  const reference = parseBareReference(text);
  expect("kind" in reference ? reference.detail : formatReference(reference)).toBe(expected);
});

test.each([
  ["docker.io/library/nginx:1", "nginx:1"],
  ["docker.io/team/app:1", "team/app:1"],
  ["docker.io/library/team/app:1", "library/team/app:1"],
  ["quay.io/library/app:1", "quay.io/library/app:1"],
  [`docker.io/library/nginx@${DIGEST}`, `nginx@${DIGEST}`],
])("familiarName(%j) is %j", (name, expected) => {
  expect(familiarName(name)).toBe(expected);
});

test.each([
  ["docker.io/library/nginx:1", "docker.io/library/nginx"],
  ["host:5000/app", "host:5000/app"],
  ["host:5000/app:1", "host:5000/app"],
  [`host:5000/app:1@${DIGEST}`, "host:5000/app"],
])("repositoryOf(%j) is %j", (name, expected) => {
  expect(repositoryOf(name)).toBe(expected);
});
