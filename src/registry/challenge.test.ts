import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";

const HUB = {
  realm: "https://auth.docker.io/token",
  service: "registry.docker.io",
  scope: "repository:a/b:pull,push",
};

test.each([
  ["", []],
  ["Basic", [{ scheme: "basic", parameters: {} }]],
  ['Basic realm="Registry"', [{ scheme: "basic", parameters: { realm: "Registry" } }]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [{ scheme: "bearer", parameters: HUB }],
  ],
  [
    "BEARER Realm=https://x/token, service = y",
    [{ scheme: "bearer", parameters: { realm: "https://x/token", service: "y" } }],
  ],
  [
    'Basic realm="a, b=\\"c\\"", Bearer realm="d"',
    [
      { scheme: "basic", parameters: { realm: 'a, b="c"' } },
      { scheme: "bearer", parameters: { realm: "d" } },
    ],
  ],
  ["!!", []],
])("%s", (header, expected) => {
  expect(parseChallenges(header)).toEqual(expected);
});

test("a header that never ends is read in linear time", () => {
  const header = `Bearer ${'a="b",'.repeat(20_000)}`;
  expect(Object.keys(parseChallenges(header)[0]?.parameters ?? {})).toEqual(["a"]);
});
