import { describe, expect, test } from "vitest";

import { imageId, sampleHost, sampleImage } from "../../test/fakes/sample-inventory.ts";
import { resolveImage } from "./resolve-image.ts";

const { ids, inventory } = sampleHost;
const images = [
  ...inventory.images,
  sampleImage(`sha256:ab${"1".repeat(62)}`),
  sampleImage(`sha256:ab${"2".repeat(62)}`),
  sampleImage(imageId("7"), { references: ["docker.io/library/ab1:latest"] }),
];

describe("resolveImage", () => {
  test.each([
    ["a familiar name", "nginx:1.27", ids.nginx],
    ["a full name", "docker.io/library/nginx:1.27", ids.nginx],
    ["a name on another registry", "registry.example.com:5000/team/app:1", ids.app1],
    ["a digest name", `redis@${imageId("2")}`, ids.redis],
    ["a digest name with a tag", `redis:7@${imageId("2")}`, ids.redis],
    [
      "its own ID as digest of a repository that it has a name in",
      `team/app@${ids.app1}`,
      ids.app1,
    ],
    ["a full ID", ids.app1, ids.app1],
    ["a full ID without algorithm", "b".repeat(64), ids.app1],
    ["a digest that a registry knows it by", imageId("1"), ids.app1],
    ["a short ID", "bbbbbbbbbbbb", ids.app1],
    ["a short ID with algorithm", "sha256:bbb", ids.app1],
    ["a name that looks like a short ID", "ab1", imageId("7")],
  ])("%s: %s", (_, text, id) => {
    expect(resolveImage(images, text)).toMatchObject({ kind: "found", image: { id } });
  });

  test("a short ID of several images is ambiguous", () => {
    const resolution = resolveImage(images, "ab");
    expect(resolution.kind === "ambiguous" && resolution.images.length).toBe(2);
  });

  test.each([
    ["nginx", ["docker.io/library/nginx:1.27"]],
    [
      "app:1",
      ["docker.io/team/app:1", "registry.example.com:5000/team/app:1", "docker.io/team/app:2"],
    ],
    ["ngnix:1.27", ["docker.io/library/nginx:1.27"]],
    ["nothing-like-it", []],
    ["4".repeat(64), []],
    ["NGINX:1.27", ["docker.io/library/nginx:1.27"]],
    ["", []],
  ])("%s is not there; near: %j", (text, near) => {
    expect(resolveImage(images, text)).toEqual({ kind: "not-found", near });
  });
});

describe("in a registry", () => {
  const digest = `sha256:${"c".repeat(64)}`;
  const inApp = sampleImage(`team/app@${digest}`, {
    references: ["reg.test:5000/team/app:1"],
    repoDigests: [`reg.test:5000/team/app@${digest}`],
  });
  const inWeb = sampleImage(`web@sha256:${"d".repeat(64)}`, {
    references: ["reg.test:5000/web:1"],
    repoDigests: [`reg.test:5000/web@sha256:${"d".repeat(64)}`],
  });

  test.each([
    "reg.test:5000/team/app:1",
    "team/app:1",
    `team/app@${digest}`,
    "team/app@cccccccccccc",
    "reg.test:5000/team/app@sha256:cccccccccccc",
    "cccccccccccc",
    digest,
  ])("%s", (text) => {
    expect(resolveImage([inApp, inWeb], text)).toMatchObject({ kind: "found", image: inApp });
  });

  test.each(["app:1", "docker.io/team/app:1", "team/app@dddddddddddd", "other.test/team/app:1"])(
    "%s is not there",
    (text) => {
      expect(resolveImage([inApp, inWeb], text)).toMatchObject({ kind: "not-found" });
    },
  );

  test("the same image in two repositories", () => {
    const other = sampleImage(`other@${digest}`);
    expect(resolveImage([inApp, other], "cccccccccccc")).toMatchObject({ kind: "ambiguous" });
  });
});
