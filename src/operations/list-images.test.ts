import { describe, expect, test } from "vitest";

import { sampleHost } from "../../test/fakes/sample-inventory.ts";
import type { Match } from "../policy/policy.ts";
import { listImages, type ImageQuery } from "./list-images.ts";

const { ids, inventory } = sampleHost;
const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const DAY_MS = 86_400_000;
const nameOf = new Map<string, string>(Object.entries(ids).map(([name, id]) => [id, name]));

async function list(match: Match, query: Partial<ImageQuery> = {}) {
  const { images, undecided } = await listImages(
    inventory,
    { match, intermediate: false, ...query },
    NOW_MS,
  );
  return { found: images.map(({ image }) => nameOf.get(image.id)), undecided };
}

describe("listImages", () => {
  test.each<[string, Match, readonly string[]]>([
    ["everything but parts", {}, ["nginx", "app1", "app2", "build", "redis"]],
    ["a reference without tag", { reference: "team/app" }, ["app1", "app2"]],
    ["a reference with tag", { reference: "nginx:1.*" }, ["nginx"]],
    ["a registry", { registry: "registry.example.com:5000" }, ["app1"]],
    ["dangling, as a graphdriver has it", { state: "dangling" }, ["build", "redis"]],
    ["unused", { state: "unused" }, ["app1", "build", "redis"]],
    ["running", { state: "running" }, ["nginx"]],
    ["stopped", { state: "stopped" }, ["app2"]],
    ["a label", { label: "keep=yes" }, ["nginx"]],
    ["larger", { largerThanBytes: 110e6 }, ["nginx", "build"]],
    ["built before another", { createdBefore: "team/app:1" }, ["nginx"]],
    ["built after another", { createdAfter: "team/app:1" }, ["app2", "build"]],
  ])("%s", async (_, match, found) => {
    expect((await list(match)).found).toEqual(found);
  });

  test("parts of images when they are asked for", async () => {
    expect((await list({}, { intermediate: true })).found).toContain("step");
  });

  test("of an image with several names only those that match", async () => {
    const { images } = await listImages(
      inventory,
      { match: { reference: "team/*" }, intermediate: false },
      NOW_MS,
    );
    expect(images.map(({ names }) => names)).toEqual([
      ["docker.io/team/app:1"],
      ["docker.io/team/app:2"],
    ]);
  });

  test.each([
    ["longer than it was watched", 11, { found: [], undecided: 2 }],
    ["as long as it was watched", 9, { found: ["app1"], undecided: 2 }],
  ])("unused for %s", async (_, days, expected) => {
    expect(await list({}, { unusedFor: days * DAY_MS })).toEqual(expected);
  });

  test("exclusive bytes include the build steps that would go along", async () => {
    const { images } = await listImages(
      inventory,
      { match: { state: "dangling" }, intermediate: false },
      NOW_MS,
    );
    expect(images.map(({ exclusive }) => exclusive.bytes)).toEqual([13e6, 50e6]);
  });
});
