import { expect, test } from "vitest";

import { nearNames } from "./near-names.ts";

const NAMES = [
  "docker.io/library/postgres:15",
  "docker.io/library/postgres:16",
  "docker.io/team/web-frontend:3",
  "registry.example.com/base/alpine:3.20",
  "docker.io/library/go:1",
];

test.each([
  [
    "another tag first the repository's own",
    "postgres:17",
    ["docker.io/library/postgres:15", "docker.io/library/postgres:16"],
  ],
  [
    "the same tag before another",
    "postgers:16",
    ["docker.io/library/postgres:16", "docker.io/library/postgres:15"],
  ],
  ["the last part under another path", "web-frontend:3", ["docker.io/team/web-frontend:3"]],
  ["another registry", "alpine:3.20", ["registry.example.com/base/alpine:3.20"]],
  ["two letters swapped", "og:1", ["docker.io/library/go:1"]],
  ["one letter in a short name, not two", "rust:1", []],
  ["nothing", "", []],
])("%s", (_, text, near) => {
  expect(nearNames(NAMES, text)).toEqual(near);
});

test("a long hostile text takes no time", () => {
  expect(nearNames(NAMES, "a".repeat(1_000_000))).toEqual([]);
});
