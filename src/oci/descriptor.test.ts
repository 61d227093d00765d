import { describe, expect, test } from "vitest";

import { parseDescriptor, parseDescriptors, parsePlatform } from "./descriptor.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("parseDescriptor", () => {
  test("takes what is known and leaves the rest", () => {
    const source = {
      mediaType: "text/plain",
      digest: DIGEST,
      size: 3,
      annotations: { a: "1", b: 2 },
      platform: { os: "linux", architecture: "arm", variant: "v7" },
      data: "YWJj",
      urls: ["https://example.com/layer"],
      more: true,
    };
    expect(parseDescriptor(source, "config")).toEqual({
      mediaType: "text/plain",
      digest: DIGEST,
      size: 3,
      annotations: { a: "1" },
      platform: { os: "linux", architecture: "arm", variant: "v7" },
      embedded: true,
      hasUrls: true,
    });
  });

  test.each([
    [null, "config is not a descriptor"],
    [[], "config is not a descriptor"],
    [{ size: 1 }, "config has no valid digest: undefined"],
    [{ digest: "sha256:../x", size: 1 }, 'config has no valid digest: "sha256:../x"'],
    [{ digest: DIGEST }, "config has no valid size: undefined"],
    [{ digest: DIGEST, size: -1 }, "config has no valid size: -1"],
    [{ digest: DIGEST, size: 0.5 }, "config has no valid size: 0.5"],
    [{ digest: DIGEST, size: "1" }, 'config has no valid size: "1"'],
  ])("refuses %j", (source, detail) => {
    expect(parseDescriptor(source, "config")).toEqual({ kind: "malformed", detail });
  });
});

test.each([
  [undefined, []],
  [null, []],
  [{}, { kind: "malformed", detail: "layers is not a list" }],
  [[1], { kind: "malformed", detail: "layers[0] is not a descriptor" }],
])("parseDescriptors(%j)", (source, expected) => {
  expect(parseDescriptors(source, "layers")).toEqual(expected);
});

test.each([
  [
    { os: "linux", architecture: "amd64" },
    { os: "linux", architecture: "amd64" },
  ],
  [
    { os: "linux", architecture: "arm", variant: "" },
    { os: "linux", architecture: "arm" },
  ],
  [{ os: "linux" }, undefined],
  [{ os: "", architecture: "amd64" }, undefined],
  ["linux/amd64", undefined],
])("parsePlatform(%j)", (source, expected) => {
  expect(parsePlatform(source)).toEqual(expected);
});
