import { describe, expect, test } from "vitest";

import { labelPattern, tagPattern } from "./docker-custodian-patterns.ts";

describe("patterns of fnmatch", () => {
  test.each([
    ["user/one:latest", "user/one:latest"],
    ["user/one", "user/one"],
    ["user/one:*", "user/one:*"],
    ["host:5000/one:?.[0-9]", "host:5000/one:?.[0-9]"],
    ["user/one-*:1.0", "/^user/one-.*:1\\.0$/"],
    ["*", "/^.*$/"],
    ["a[!b]?:1", "/^a[^b].:1$/"],
  ])("on names: %s", (pattern, ours) => {
    expect(tagPattern(pattern)).toBe(ours);
  });

  test.each([
    ["foo", "foo"],
    ["foo=bar", "foo=bar"],
    ["foo*", "/^foo[^=]*=/"],
    ["com.docker*=*bar*", "/^com\\.docker[^=]*=(?s:.)*bar(?s:.)*$/"],
  ])("on labels: %s", (pattern, ours) => {
    expect(labelPattern(pattern)).toBe(ours);
  });
});
