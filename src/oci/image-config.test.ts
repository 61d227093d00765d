import { expect, test } from "vitest";

import { knownTime, parseImageConfig } from "./image-config.ts";

test.each([
  ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
  ["2026-01-02T03:04:05.123456789+02:00", "2026-01-02T01:04:05.123Z"],
  ["1970-01-01T00:00:00Z", undefined],
  ["0001-01-01T00:00:00Z", undefined],
  ["yesterday", undefined],
  ["", undefined],
  [1, undefined],
  [undefined, undefined],
])("knownTime(%j) is %j", (text, expected) => {
  expect(knownTime(text)).toBe(expected);
});

test("a configuration is read", () => {
  const diffId = `sha256:${"a".repeat(64)}`;
  const config = parseImageConfig({
    created: "2026-01-02T03:04:05Z",
    os: "linux",
    architecture: "arm64",
    variant: "v8",
    config: { Labels: { a: "1" } },
    rootfs: { diff_ids: [diffId, "not a digest"] },
    history: [{ created_by: "ADD x" }, { created_by: "CMD", empty_layer: true }, "?"],
  });
  expect(config).toEqual({
    createdAt: "2026-01-02T03:04:05.000Z",
    platform: { os: "linux", architecture: "arm64", variant: "v8" },
    labels: { a: "1" },
    diffIds: [diffId],
    history: [
      { createdBy: "ADD x", emptyLayer: false },
      { createdBy: "CMD", emptyLayer: true },
    ],
  });
});

test.each([[null], [[]], [{ config: null, rootfs: 1, history: {} }]])(
  "%j says nothing",
  (value) => {
    expect(parseImageConfig(value)).toEqual({ labels: {}, diffIds: [], history: [] });
  },
);
