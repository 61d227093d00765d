import { describe, expect, test } from "vitest";

import { excludedContainer, excludedImage, excludedVolume } from "./docker-gc-patterns.ts";

describe("a line of excluded images", () => {
  test.each<[line: string, matches: unknown]>([
    ["spotify/cassandra:latest", [{ reference: "spotify/cassandra:latest" }]],
    ["9681260c3ad5", [{ digest: "sha256:9681260c3ad5*" }]],
    ["redis:3.2", [{ reference: "/^(?:redis:3.2)$/" }]],
    ["redis:[^ ]\\+", [{ reference: "/^(?:redis:[^ ]+)$/" }]],
    ["a\\(b\\|c\\):1\\?", [{ reference: "/^(?:a(b|c):1?)$/" }]],
    ["a(b):1+", [{ reference: "/^(?:a\\(b\\):1\\+)$/" }]],
    ["a[]x]:1", [{ reference: "/^(?:a[]x]:1)$/" }]],
    ["redis.*", [{ reference: "/^(?:redis.*)$/" }, { digest: "/^sha256:(?:redis.*)/" }]],
    [".*:.*", [{ reference: "/^(?:.*:.*)$/" }, { state: "untagged" }]],
  ])("%s", (line, matches) => {
    expect(excludedImage(line)).toEqual({ matches });
  });

  test.each([
    ["a\\(b", "not an expression"],
    ["\\(a\\)\\1", "not an expression"],
    ["a[b", "not an expression"],
    ["redis .*", "goes across columns"],
  ])("refuses %s", (line, problem) => {
    expect(excludedImage(line)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

test("a word of excluded containers is looked for in names and images", () => {
  expect(excludedContainer("^db|web")).toEqual({
    matches: [{ name: "/^db|web/" }, { image: "/^db|web/" }],
  });
  expect(excludedContainer("0123456789ab")).toHaveProperty("problem");
  expect(excludedContainer("(db")).toHaveProperty("problem");
});

test("a line of excluded volumes is looked for in names", () => {
  expect(excludedVolume("^keep-")).toEqual({ matches: [{ name: "/^keep-/" }] });
  expect(excludedVolume("(keep")).toHaveProperty("problem");
});
